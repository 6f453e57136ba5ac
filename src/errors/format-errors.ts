import { entry } from './entry.ts';
import { shellWord } from './shell-word.ts';

/** Certificates in other formats, and requests for certificates. */
export const formatErrors = {
  DEVCA_FORMAT_NEEDS_KEY: entry<{ formats: readonly string[] }>({
    exit: 1,
    what: (c) =>
      `${c.formats.join(', ')} would hold the private key, which devca does not have: the certificate was made from a request, or another has taken the place of its key`,
    fix: () => [
      'use the formats pem, der, p7b, truststore and jks-truststore',
      'or make the store where the key is, such as with "openssl pkcs12 -export"',
    ],
  }),
  DEVCA_FORMAT_ALIAS: entry<{ alias: string; reason: string }>({
    exit: 2,
    what: (c) => `"${c.alias}" cannot be what an entry is called: ${c.reason}`,
    fix: () => ['give another with "--alias", such as "server"'],
  }),
  DEVCA_FORMAT_TERMINAL: entry<{ format: string }>({
    exit: 2,
    what: (c) => `${c.format} is binary, and standard output is a terminal`,
    fix: () => ['send it to a file or a program with ">" or "|"', 'or give a folder with "--out"'],
  }),
  DEVCA_PASSWORD_UNUSABLE: entry<{ source: string; reason: string }>({
    exit: 2,
    what: (c) => `the password from "${c.source}" cannot protect a store: ${c.reason}`,
    fix: () => [
      'use 6 to 256 printable ASCII characters: only the first line of the file counts, without its line end',
      'or leave out "--password-file" and DEVCA_PASSWORD, and devca makes one',
    ],
  }),
  DEVCA_EXPORT_KEY_MISSING: entry<{ name: string; path: string }>({
    exit: 1,
    what: (c) => `the key of "${c.name}" is not at "${c.path}" any more, where it was delivered`,
    fix: () => [
      'put it back from a backup',
      'or export what needs no key, with "--format p7b", "--format truststore" or "--format pem --out -"',
      'or run "devca issue" for its names again',
    ],
  }),
  DEVCA_EXPORT_KEY_CHANGED: entry<{ name: string; path: string }>({
    exit: 1,
    what: (c) => `the file "${c.path}" holds another key by now than that of "${c.name}"`,
    fix: () => ['put it back from a backup', 'or run "devca issue" for its names again'],
  }),
  DEVCA_EXPORT_KEY_UNREADABLE: entry<{ name: string; path: string; reason: string }>({
    exit: 1,
    what: (c) => `the key of "${c.name}" cannot be read from "${c.path}": ${c.reason}`,
    fix: () => ['put it back from a backup', 'or run "devca issue" for its names again'],
  }),
  DEVCA_EXPORT_PASSWORD: entry<{ name: string; path: string }>({
    exit: 2,
    what: (c) => `the key of "${c.name}" is in "${c.path}", whose password is not given`,
    fix: () => [
      'give its password with "--key-password-file FILE"',
      'or with "--password-file FILE" or DEVCA_PASSWORD, where what is written has the same or none',
    ],
  }),
  DEVCA_EXPORT_KEY_REPLACED: entry<{ name: string; serial: string }>({
    exit: 1,
    what: (c) =>
      `no file has the key of "${c.name}" (${c.serial}) any more: others were delivered in its place`,
    fix: (c) => [`run "devca show ${shellWord(c.name)}" to see which certificate is the newest`],
  }),
  DEVCA_EXPORT_KEY_ELSEWHERE: entry<{ name: string; serial: string; wasRestored: boolean; again: string }>({
    exit: 1,
    what: (c) =>
      `devca knows no file with the key of "${c.name}" (${c.serial}): ${c.wasRestored ? 'its files were left where the backup is from' : 'it was issued without files'}`,
    fix: (c) => [
      'export what needs no key, with "--format p7b", "--format truststore" or "--format pem --out -"',
      `or run "${c.again}"`,
    ],
  }),
  DEVCA_CSR_NONE: entry<{ source: string; labels: readonly string[] }>({
    exit: 1,
    what: (c) =>
      `there is no certification request in "${c.source}"${c.labels.length === 0 ? '' : `, but ${c.labels.join(', ')}`}`,
    fix: () => [
      'give one request in PEM (with "BEGIN CERTIFICATE REQUEST") or DER form, as "openssl req -new -key key.pem" makes it',
    ],
    see: 'RFC 2986',
  }),
  DEVCA_CSR_SIGNATURE: entry<{ source: string; reason: string }>({
    exit: 1,
    what: (c) => `the request in "${c.source}" does not prove that its sender has the key: ${c.reason}`,
    fix: () => ['make the request again with the key that it is for'],
    see: 'RFC 2986 section 3',
  }),
  DEVCA_CSR_KEY: entry<{ source: string; key: string; expected: string }>({
    exit: 1,
    what: (c) => `the request in "${c.source}" is for ${c.key}, which devca does not certify`,
    fix: (c) => [`make a request for ${c.expected}`],
  }),
  DEVCA_CSR_OWN_KEY: entry<{ owner: string }>({
    exit: 1,
    what: (c) => `the request is for the key of the authority itself, which "${c.owner}" has`,
    fix: () => ['make a request for a key of its own: whoever has this one can issue certificates'],
  }),
  DEVCA_CSR_REFUSED: entry<{ source: string; reasons: readonly string[] }>({
    exit: 1,
    what: (c) => `the request in "${c.source}" asks for what devca does not give: ${c.reasons.join('; ')}`,
    fix: () => [
      'make the request again without that: what a certificate may be used for comes from "--profile"',
    ],
    see: 'RFC 5280 section 4.2',
  }),
  DEVCA_CSR_NAMES: entry<{ source: string; commonName: string | undefined; profile: string }>({
    exit: 1,
    what: (c) =>
      `the request in "${c.source}" has no subjectAltName${c.commonName === undefined ? '' : `, and its common name "${c.commonName}" is none that a ${c.profile} is found by`}`,
    fix: (c) => [
      `give the names yourself: run "devca issue --csr ${shellWord(c.source)} NAME"`,
      'or make the request again with "openssl req -addext subjectAltName=DNS:api.test"',
    ],
    see: 'RFC 9525 section 6.3',
  }),
  DEVCA_CSR_TOO_MANY_NAMES: entry<{ source: string; count: number; limit: number }>({
    exit: 1,
    what: (c) => `the request in "${c.source}" has ${c.count} names, and ${c.limit} are the limit`,
    fix: () => ['spread them over several requests, or use a wildcard'],
  }),
};
