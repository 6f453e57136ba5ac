import { type NoContext, problemEntry } from './problem-entry.ts';

/** Why no path leads from the end entity to an anchor, or why a path that does is no good. */
export const pathProblems = {
  DEVCA_PATH_NO_ANCHORS: problemEntry<{ malformed: number }>({
    rank: 1,
    rfc: 'RFC 5280 section 6.1.1',
    what: (c) =>
      c.malformed === 0
        ? 'no trust anchor was given'
        : `none of the ${c.malformed} trust anchors can be read as a certificate`,
    fix: () => 'give the file of a root with "--roots", or run "devca init" to make one',
  }),
  DEVCA_PATH_TIME_INVALID: problemEntry<NoContext>({
    rank: 7,
    rfc: 'RFC 5280 section 6.1.1 (b)',
    what: () => 'the time to validate at is no time',
    fix: () => 'give a time such as 2026-11-24T12:00:00Z with "--at"',
  }),
  DEVCA_PATH_ANCHOR_MALFORMED: problemEntry<{ index: number; detail: string }>({
    rank: 4,
    rfc: 'RFC 5280 section 4.1',
    what: (c) => `trust anchor ${c.index + 1} was left out: ${c.detail}`,
    fix: () => 'take the certificate out of the roots file, or get it again from its issuer',
  }),
  DEVCA_PATH_INTERMEDIATE_MALFORMED: problemEntry<{ index: number; detail: string }>({
    rank: 5,
    rfc: 'RFC 5280 section 4.1',
    what: (c) => `intermediate ${c.index + 1} was left out: ${c.detail}`,
    fix: () => 'take the certificate out of the chain file, or get it again from its issuer',
  }),
  DEVCA_PATH_BOUND_REACHED: problemEntry<{ bound: string; limit: number }>({
    rank: 6,
    rfc: 'RFC 4158 section 2.4',
    what: (c) => `the search for a path was given up at its limit of ${c.limit} ${c.bound}`,
    fix: () => 'serve only the end entity and its own intermediates, in order, without strangers',
  }),
  DEVCA_PATH_SELF_SIGNED: problemEntry<NoContext>({
    rank: 10,
    rfc: 'RFC 5280 section 6.1',
    what: () => 'the certificate is signed by itself and is not a trust anchor',
    fix: () => 'run "devca issue" for its names instead, or give it as root with "--roots" if you trust it',
  }),
  DEVCA_PATH_MISSING_INTERMEDIATE: problemEntry<{ issuer: string }>({
    rank: 11,
    rfc: 'RFC 5280 section 6.1.3 (a)(4)',
    what: (c) =>
      `no certificate of its issuer "${c.issuer}" is there, neither as intermediate nor as trust anchor`,
    fix: () => 'serve the fullchain file that "devca issue" wrote, or give the issuer with "--intermediates"',
    expected: (c) => c.issuer,
  }),
  DEVCA_PATH_UNTRUSTED_ROOT: problemEntry<NoContext>({
    rank: 12,
    rfc: 'RFC 5280 section 6.1.1 (d)',
    what: () => 'the chain ends in this root, which is not a trust anchor',
    fix: () => 'run "devca trust status" to see which roots are trusted, or give it with "--roots"',
  }),
  DEVCA_PATH_CYCLE: problemEntry<{ issuer: string }>({
    rank: 13,
    rfc: 'RFC 4158 section 2.4.2',
    what: (c) => `the only certificates of its issuer "${c.issuer}" lead round in a circle`,
    fix: () => 'give the root that issued one of them with "--roots"',
  }),
  DEVCA_PATH_SIGNATURE_INVALID: problemEntry<{ issuer: string; expectedKey?: string; issuerKey?: string }>({
    rank: 20,
    rfc: 'RFC 5280 section 6.1.3 (a)(1)',
    what: (c) =>
      c.expectedKey !== undefined && c.expectedKey !== c.issuerKey
        ? `its signature was not made by the key of "${c.issuer}" that was given: another key has the same name`
        : `its signature was not made by the key of "${c.issuer}", or it was changed after that`,
    fix: () =>
      'run "devca issue" for its names again: it may come from an earlier authority with the same name',
    expected: (c) => c.expectedKey ?? '',
    presented: (c) => c.issuerKey ?? '',
  }),
  DEVCA_PATH_EXPIRED: problemEntry<{ notAfter: string; at: string }>({
    rank: 30,
    rfc: 'RFC 5280 section 6.1.3 (a)(2)',
    what: (c) => `it expired at ${c.notAfter}`,
    fix: () => 'run "devca renew --due", then restart what serves it',
    expected: (c) => `not after ${c.notAfter}`,
    presented: (c) => c.at,
  }),
  DEVCA_PATH_NOT_YET_VALID: problemEntry<{ notBefore: string; at: string }>({
    rank: 31,
    rfc: 'RFC 5280 section 6.1.3 (a)(2)',
    what: (c) => `it is not valid before ${c.notBefore}`,
    fix: () => 'check the clock with "date -u", or wait',
    expected: (c) => `not before ${c.notBefore}`,
    presented: (c) => c.at,
  }),
  DEVCA_PATH_ALGORITHM_UNSUPPORTED: problemEntry<{ algorithm: string; detail: string }>({
    rank: 50,
    rfc: 'RFC 5280 section 4.1.1.2',
    what: (c) => `its signature (${c.algorithm}) cannot be checked: ${c.detail}`,
    fix: () => 'run "devca issue" for its names: ECDSA with P-256 is understood everywhere',
    presented: (c) => c.algorithm,
  }),
  DEVCA_PATH_ALGORITHM_WEAK: problemEntry<{ algorithm: string }>({
    rank: 51,
    rfc: 'RFC 9155 and CA/B Forum BR section 7.1.3.2',
    what: (c) => `it is signed with ${c.algorithm}, which is refused because it can be forged`,
    fix: () => 'run "devca issue" for its names: the new certificate is signed with SHA-256',
    presented: (c) => c.algorithm,
  }),
  DEVCA_PATH_KEY_UNACCEPTABLE: problemEntry<{ key: string; expected: string }>({
    rank: 52,
    rfc: 'RFC 5280 section 4.1.2.7 and CA/B Forum BR section 6.1.5',
    what: (c) => `its public key is refused: ${c.key}`,
    fix: () => 'run "devca issue --key-type ec-p256" for its names',
    expected: (c) => c.expected,
    presented: (c) => c.key,
  }),
  DEVCA_PATH_NOT_A_CA: problemEntry<{ detail: string }>({
    rank: 60,
    rfc: 'RFC 5280 section 6.1.4 (k)',
    what: (c) => `it may not issue certificates: ${c.detail}`,
    fix: () => 'serve the fullchain file that "devca issue" wrote: every issuer in it may sign',
  }),
  DEVCA_PATH_CANNOT_SIGN: problemEntry<{ usages: readonly string[] }>({
    rank: 61,
    rfc: 'RFC 5280 section 6.1.4 (n)',
    what: (c) => `it may not sign certificates: its key usage is ${c.usages.join(', ')}`,
    fix: () => 'serve the fullchain file that "devca issue" wrote: every issuer in it may sign',
    expected: () => 'keyCertSign',
    presented: (c) => c.usages.join(', '),
  }),
  DEVCA_PATH_LENGTH: problemEntry<{ pathLenConstraint: number; intermediates: number }>({
    rank: 62,
    rfc: 'RFC 5280 section 6.1.4 (l) and (m)',
    what: (c) =>
      `it allows ${c.pathLenConstraint} intermediates below itself, and the path has ${c.intermediates}`,
    fix: () => 'issue from an authority higher up, or without the extra intermediate',
    expected: (c) => `at most ${c.pathLenConstraint}`,
    presented: (c) => String(c.intermediates),
  }),
  DEVCA_PATH_DEPTH: problemEntry<{ maxDepth: number; intermediates: number }>({
    rank: 63,
    rfc: 'RFC 5280 section 6.1.1',
    what: (c) => `the path has ${c.intermediates} intermediates, and ${c.maxDepth} were asked for at most`,
    fix: () => 'allow more intermediates, or issue from an authority higher up',
    expected: (c) => `at most ${c.maxDepth}`,
    presented: (c) => String(c.intermediates),
  }),
  DEVCA_PATH_PURPOSE: problemEntry<{ wanted: string; allowed: readonly string[] }>({
    rank: 45,
    rfc: 'RFC 5280 section 4.2.1.12',
    what: (c) => `it is not for ${c.wanted}: its extended key usage is ${c.allowed.join(', ')}`,
    fix: (c) =>
      c.wanted === 'clientAuth'
        ? 'run "devca issue --profile client NAME" for a certificate that a client may use'
        : 'run "devca issue --profile server NAME" for a certificate that a server may use',
    expected: (c) => c.wanted,
    presented: (c) => c.allowed.join(', '),
  }),
  DEVCA_PATH_KEY_USAGE: problemEntry<{
    wanted: string;
    expected: readonly string[];
    usages: readonly string[];
  }>({
    rank: 46,
    rfc: 'RFC 5280 section 4.2.1.3',
    what: (c) => `its key may not be used for ${c.wanted}: its key usage is ${c.usages.join(', ')}`,
    fix: () => 'run "devca issue" for its names: the profile sets the usages that TLS needs',
    expected: (c) => c.expected.join(' or '),
    presented: (c) => c.usages.join(', '),
  }),
};
