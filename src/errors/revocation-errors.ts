import { entry } from './entry.ts';
import { shellWord } from './shell-word.ts';

/** Revoking, and the lists that say so. */
export const revocationErrors = {
  DEVCA_REVOKE_REASON: entry<{ reason: string; known: readonly string[] }>({
    exit: 2,
    what: (c) => `"${c.reason}" is not a reason for which devca revokes`,
    fix: (c) => [`use one of ${c.known.join(', ')}`],
    see: 'RFC 5280 section 5.3.1',
  }),
  DEVCA_REVOKE_ALREADY: entry<{ serial: string; names: readonly string[]; since: string; reason: string }>({
    exit: 1,
    what: (c) =>
      `the certificate ${c.serial} for ${c.names.join(', ')} is revoked already, since ${c.since} (${c.reason})`,
    fix: () => ['to sign the list again run "devca crl"'],
  }),
  DEVCA_REVOKE_AUTHORITY: entry<{ what: string; profile: string }>({
    exit: 1,
    what: (c) => `"${c.what}" is the authority's own ${c.profile}, which no list of its own can revoke`,
    fix: () => ['to replace the authority\'s certificates run "devca ca roll", then "devca ca retire"'],
  }),
  DEVCA_REVOKE_AMBIGUOUS: entry<{ what: string; serials: readonly string[] }>({
    exit: 2,
    what: (c) => `"${c.what}" means ${c.serials.length} certificates: ${c.serials.join(', ')}`,
    fix: (c) => [`say which: run "devca revoke ${shellWord(c.serials[0] ?? '')}", or give the file`],
  }),
  DEVCA_REVOKE_IMPORTED: entry<{ serial: string; names: readonly string[]; issuer: string }>({
    exit: 1,
    what: (c) =>
      `the certificate ${c.serial} for ${c.names.join(', ')} was signed by "${c.issuer}", whose key was not imported: only its list could name it`,
    fix: () => [
      'revoke it with the tool that has that key',
      'or end trust in everything of that authority with "devca ca roll", then "devca ca retire --force"',
    ],
    see: 'RFC 5280 section 5',
  }),
  DEVCA_CRL_DAYS: entry<{ days: number }>({
    exit: 2,
    what: (c) => `a list cannot be current for ${c.days} days`,
    fix: () => ['give a whole number of days from 1 on, such as "--days 30", or leave it out'],
  }),
  DEVCA_CRL_URL: entry<{ url: string; reason: string }>({
    exit: 2,
    what: (c) => `"${c.url}" cannot be where a revocation list is fetched: ${c.reason}`,
    fix: () => ['give an absolute URL, such as "--crl-url http://crl.internal/devca.crl"'],
    see: 'RFC 5280 section 4.2.1.13',
  }),
};
