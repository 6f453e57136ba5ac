import { problemEntry } from './problem-entry.ts';

/** Revocation: what a list says, and why nothing can be said. */
export const revocationProblems = {
  DEVCA_REVOCATION_REVOKED: problemEntry<{ serialNumber: string; at: string; reason: string; crl: string }>({
    rank: 32,
    rfc: 'RFC 5280 section 6.3.3 (i) and (j)',
    what: (c) => `it was revoked at ${c.at} (${c.reason}), says the list of "${c.crl}"`,
    fix: () => 'run "devca issue" for its names and serve the new certificate',
    presented: (c) => c.serialNumber,
  }),
  DEVCA_REVOCATION_UNKNOWN: problemEntry<{ issuer: string; reasons: readonly string[] }>({
    rank: 33,
    rfc: 'RFC 5280 section 6.3.3',
    what: (c) =>
      c.reasons.length === 0
        ? `nothing says whether it is revoked: no list of "${c.issuer}" was given`
        : `nothing says whether it is revoked: ${c.reasons.join('; ')}`,
    fix: () => 'run "devca crl --out crl.pem" and give that file with "--crl"',
    expected: (c) => `a current list of "${c.issuer}"`,
    presented: (c) => c.reasons.join('; '),
  }),
  DEVCA_REVOCATION_LIST_MALFORMED: problemEntry<{ index: number; detail: string }>({
    rank: 3,
    rfc: 'RFC 5280 section 5.1',
    what: (c) => `revocation list ${c.index + 1} cannot be read: ${c.detail}`,
    fix: () => 'run "devca crl --out crl.pem" and give that file with "--crl"',
  }),
};
