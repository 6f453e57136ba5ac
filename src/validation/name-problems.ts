import { type NoContext, problemEntry } from './problem-entry.ts';

/** Names that do not match, and names that a constraint keeps out. */
export const nameProblems = {
  DEVCA_NAME_MISMATCH: problemEntry<{ kind: string; wanted: string; presented: readonly string[] }>({
    rank: 40,
    rfc: 'RFC 9525 section 6',
    what: (c) => `it is not for ${c.kind} "${c.wanted}": its names are ${c.presented.join(', ')}`,
    fix: (c) => `run "devca issue" with "${c.wanted}" among the names`,
    expected: (c) => c.wanted,
    presented: (c) => c.presented.join(', '),
  }),
  DEVCA_NAME_ABSENT: problemEntry<{ kind: string; wanted: string; commonName: string | undefined }>({
    rank: 41,
    rfc: 'RFC 9525 section 2 and 6.4',
    what: (c) =>
      `it has no subjectAltName of the kind of ${c.kind} "${c.wanted}"${
        c.commonName === undefined ? '' : ` (its common name "${c.commonName}" does not count)`
      }`,
    fix: (c) => `run "devca issue" with "${c.wanted}" among the names`,
    expected: (c) => c.wanted,
    presented: (c) => c.commonName ?? '',
  }),
  DEVCA_NAME_WILDCARD_TOO_WIDE: problemEntry<{ wanted: string; pattern: string }>({
    rank: 42,
    rfc: 'RFC 9525 section 6.3',
    what: (c) =>
      `its "${c.pattern}" is too wide for "${c.wanted}": browsers take no wildcard above one label`,
    fix: (c) => `run "devca issue" with "${c.wanted}" itself among the names`,
    expected: (c) => c.wanted,
    presented: (c) => c.pattern,
  }),
  DEVCA_NAME_UNUSABLE: problemEntry<{ kind: string; wanted: string; reason: string }>({
    rank: 2,
    rfc: 'RFC 9525 section 6.1.2',
    what: (c) => `"${c.wanted}" cannot be looked for as ${c.kind}: ${c.reason}`,
    fix: () => 'give a host name or an address with "--host", an e-mail address with "--email"',
    presented: (c) => c.wanted,
  }),
  DEVCA_CONSTRAINT_NOT_PERMITTED: problemEntry<{
    name: string;
    permitted: readonly string[];
    authority: string;
  }>({
    rank: 54,
    rfc: 'RFC 5280 section 6.1.3 (b)',
    what: (c) =>
      `its name ${c.name} is outside of what "${c.authority}" is permitted: ${shorten(c.permitted)}`,
    fix: () => 'use a permitted name, or run "devca ca permit NAME" and issue again',
    expected: (c) => c.permitted.join(', '),
    presented: (c) => c.name,
  }),
  DEVCA_CONSTRAINT_EXCLUDED: problemEntry<{ name: string; excluded: string; authority: string }>({
    rank: 55,
    rfc: 'RFC 5280 section 6.1.3 (c)',
    what: (c) => `its name ${c.name} is within ${c.excluded}, which "${c.authority}" excludes`,
    fix: () => 'use another name, or run "devca init --name work --permit NAME" for an authority that may',
    expected: (c) => `not within ${c.excluded}`,
    presented: (c) => c.name,
  }),
  DEVCA_CONSTRAINT_UNPROCESSABLE: problemEntry<{ name: string; constraint: string; authority: string }>({
    rank: 56,
    rfc: 'RFC 5280 section 4.2.1.10',
    what: (c) =>
      `its name ${c.name} cannot be compared with the constraint ${c.constraint} of "${c.authority}"`,
    fix: () => 'leave the name out, or use an authority without that constraint',
    expected: (c) => c.constraint,
    presented: (c) => c.name,
  }),
  DEVCA_CONSTRAINT_MALFORMED: problemEntry<{ constraint: string }>({
    rank: 57,
    rfc: 'RFC 5280 section 4.2.1.10',
    what: (c) =>
      `its name constraint "${c.constraint}" is malformed, so that nobody can tell what it forbids`,
    fix: () =>
      'run "devca init --home DIR --permit NAME" for an authority with a constraint that is well formed',
    presented: (c) => c.constraint,
  }),
  DEVCA_POLICY_UNSATISFIED: problemEntry<{ wanted: readonly string[]; valid: readonly string[] }>({
    rank: 64,
    rfc: 'RFC 5280 section 6.1.5 (g)',
    what: (c) => `a certificate policy must hold for the whole path (${shorten(c.wanted)}), and none does`,
    fix: () => 'issue the path under one policy, or do not ask for an explicit one',
    expected: (c) => c.wanted.join(', '),
    presented: (c) => c.valid.join(', '),
  }),
  DEVCA_POLICY_ANY_MAPPED: problemEntry<NoContext>({
    rank: 65,
    rfc: 'RFC 5280 section 6.1.4 (a)',
    what: () => 'it maps a policy to or from anyPolicy, which is forbidden',
    fix: () => 'ask its issuer for a certificate without that mapping',
  }),
};

const shorten = (names: readonly string[]): string =>
  names.length <= 12 ? names.join(', ') : `${names.slice(0, 12).join(', ')} and ${names.length - 12} more`;
