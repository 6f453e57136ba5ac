import { type NoContext, problemEntry } from './problem-entry.ts';

/** What is wrong with one certificate, whichever path it stands in. */
export const certificateProblems = {
  DEVCA_CERTIFICATE_MALFORMED: problemEntry<{ detail: string }>({
    rank: 0,
    rfc: 'RFC 5280 section 4.1',
    what: (c) => `the end entity cannot be read as a certificate: ${c.detail}`,
    fix: () => 'give the file that "devca issue" wrote, whole and unedited',
  }),
  DEVCA_CERTIFICATE_UNKNOWN_CRITICAL: problemEntry<{ extension: string }>({
    rank: 70,
    rfc: 'RFC 5280 section 4.2',
    what: (c) => `it has the critical extension ${c.extension}, which is not understood`,
    fix: () => 'run "devca issue" for its names, or ask its issuer for one without that extension',
    presented: (c) => c.extension,
  }),
  DEVCA_CERTIFICATE_CRITICALITY: problemEntry<{ extension: string; critical: boolean; rfc: string }>({
    rank: 72,
    rfc: 'RFC 5280 section 4.2',
    what: (c) =>
      c.critical
        ? `its ${c.extension} is marked critical, which it must not be (${c.rfc})`
        : `its ${c.extension} is not marked critical, which it must be (${c.rfc})`,
    fix: () => 'run "devca issue" for its names, or ask its issuer for one that follows the standard',
    expected: (c) => (c.critical ? 'not critical' : 'critical'),
    presented: (c) => (c.critical ? 'critical' : 'not critical'),
  }),
  DEVCA_CERTIFICATE_ALGORITHM_MISMATCH: problemEntry<{ signed: string; unsigned: string }>({
    rank: 71,
    rfc: 'RFC 5280 section 4.1.1.2',
    what: (c) => `its two signature algorithms differ: ${c.signed} inside, ${c.unsigned} outside`,
    fix: () => 'run "devca issue" for its names: this certificate was altered or badly made',
    expected: (c) => c.signed,
    presented: (c) => c.unsigned,
  }),
  DEVCA_CERTIFICATE_VERSION: problemEntry<{ version: number }>({
    rank: 73,
    rfc: 'RFC 5280 section 4.1.2.1',
    what: (c) => `it has version ${c.version}, which cannot say what it is for`,
    fix: () => 'run "devca issue" for its names',
    expected: () => '3',
    presented: (c) => String(c.version),
  }),
  DEVCA_CERTIFICATE_SERIAL_NUMBER: problemEntry<{ serialNumber: string; reason: string }>({
    rank: 74,
    rfc: 'RFC 5280 section 4.1.2.2',
    what: (c) => `its serial number ${c.serialNumber} ${c.reason}`,
    fix: () => 'run "devca issue" for its names: the serial number is random and positive',
    presented: (c) => c.serialNumber,
  }),
  DEVCA_CERTIFICATE_EMPTY_ISSUER: problemEntry<NoContext>({
    rank: 75,
    rfc: 'RFC 5280 section 4.1.2.4',
    what: () => 'its issuer has no name',
    fix: () => 'run "devca issue" for its names, or name the authority that signs',
  }),
  DEVCA_CERTIFICATE_EMPTY_SUBJECT: problemEntry<NoContext>({
    rank: 76,
    rfc: 'RFC 5280 section 4.1.2.6',
    what: () => 'it is the certificate of an authority and has no subject',
    fix: () => 'run "devca init" for an authority that has a name',
  }),
  DEVCA_CERTIFICATE_NAMELESS: problemEntry<NoContext>({
    rank: 77,
    rfc: 'RFC 5280 section 4.1.2.6',
    what: () => 'it has neither a subject nor a subjectAltName',
    fix: () => 'run "devca issue" with the names that it is for',
  }),
  DEVCA_CERTIFICATE_CONSTRAINED_END_ENTITY: problemEntry<NoContext>({
    rank: 78,
    rfc: 'RFC 5280 section 4.2.1.10',
    what: () => 'it has name constraints and is not the certificate of an authority',
    fix: () => 'run "devca issue" for its names: only authorities carry the constraint',
  }),
  DEVCA_CERTIFICATE_SIGNS_WITHOUT_CA: problemEntry<NoContext>({
    rank: 79,
    rfc: 'RFC 5280 section 4.2.1.3',
    what: () => 'its key usage has keyCertSign, but it is not the certificate of an authority',
    fix: () => 'run "devca issue" for its names: the profile sets only the usages that are needed',
    expected: () => 'basicConstraints with cA',
  }),
  DEVCA_CERTIFICATE_PATH_LENGTH_WITHOUT_CA: problemEntry<NoContext>({
    rank: 80,
    rfc: 'RFC 5280 section 4.2.1.9',
    what: () => 'it has a pathLenConstraint, which only the certificate of an authority may have',
    fix: () => 'run "devca issue" for its names',
  }),
  DEVCA_CERTIFICATE_CA_AS_END_ENTITY: problemEntry<NoContext>({
    rank: 44,
    rfc: 'CA/B Forum BR section 7.1.2.7.8',
    what: () => 'it is the certificate of an authority, and Firefox and rustls take none as end entity',
    fix: () => 'run "devca issue" for its names and serve that certificate',
  }),
  DEVCA_CERTIFICATE_ANY_PURPOSE: problemEntry<NoContext>({
    rank: 81,
    rfc: 'CA/B Forum BR section 7.1.2.7.10',
    what: () => 'its extended key usage has anyExtendedKeyUsage, which Firefox does not count as a purpose',
    fix: () => 'run "devca issue --profile server NAME" for a certificate with the purposes that are needed',
    expected: () => 'serverAuth or clientAuth',
    presented: () => 'anyExtendedKeyUsage',
  }),
  DEVCA_CERTIFICATE_KEY_IDENTIFIER: problemEntry<{ detail: string }>({
    rank: 90,
    rfc: 'RFC 5280 section 4.2.1.1 and 4.2.1.2',
    what: (c) => c.detail,
    fix: () => 'run "devca issue" for its names: Python 3.13 and later refuse it for this',
  }),
  DEVCA_CERTIFICATE_COMMON_NAME: problemEntry<{ commonName: string; names: readonly string[] }>({
    rank: 91,
    rfc: 'CA/B Forum BR section 7.1.2.7.2',
    what: (c) => `its common name "${c.commonName}" is none of its subjectAltNames as they are written`,
    fix: () =>
      'run "devca issue" for its names: common names are no longer matched, but some tools show them',
    expected: (c) => c.names.join(', '),
    presented: (c) => c.commonName,
  }),
  DEVCA_CERTIFICATE_LIFETIME: problemEntry<{ days: number; limit: number; source: string }>({
    rank: 92,
    rfc: 'CA/B Forum BR section 6.3.2',
    what: (c) => `it is valid for ${c.days} days, and ${c.source} allow ${c.limit}`,
    fix: () => 'run "devca issue --days 397" for its names if such a client must accept it',
    expected: (c) => `at most ${c.limit} days`,
    presented: (c) => `${c.days} days`,
  }),
  DEVCA_CERTIFICATE_UNUSUAL: problemEntry<{ detail: string; rfc: string }>({
    rank: 93,
    rfc: 'CA/B Forum BR section 7.1.2',
    what: (c) => `${c.detail} (${c.rfc})`,
    fix: () => 'run "devca issue" for its names if a client complains',
  }),
};
