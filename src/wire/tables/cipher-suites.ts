import { CIPHER_SUITE_NAMES } from './cipher-suite-names.ts';
import { type CodePoint, codePoint, codeTable } from './code-points.ts';

const NAMES: ReadonlyMap<number, string> = new Map(
  [...codeTable(CIPHER_SUITE_NAMES)].map(([code, name]) => [code, `TLS_${name}`] as const),
);

export type SuiteHash = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sm3' | 'sha512';

/** What is needed to open a record: how the bytes are protected, and with which hash keys are derived. */
export interface SuiteProtection {
  readonly mode: 'aead' | 'cbc' | 'null';
  /** The name by which the runtime's crypto library knows the cipher; empty for `null`. */
  readonly cipher: string;
  readonly keyBytes: number;
  /** For AEAD the implicit part of the nonce in TLS 1.2; for CBC the block. */
  readonly ivBytes: number;
  readonly tagBytes: number;
  /** The record MAC of CBC and NULL suites. */
  readonly mac?: SuiteHash;
  /** Of HKDF in TLS 1.3 and of the pseudorandom function in TLS 1.2. */
  readonly prf: SuiteHash;
}

/** The key exchange of a suite before TLS 1.3, which decides the form of the key exchange messages. */
export type SuiteKeyExchange =
  | 'rsa'
  | 'dhe'
  | 'ecdhe'
  | 'psk'
  | 'dhe_psk'
  | 'ecdhe_psk'
  | 'rsa_psk'
  | 'other';

export function cipherSuite(code: number): CodePoint {
  return codePoint(NAMES, code);
}

/** The codes of every suite that has a name here. */
export function knownCipherSuites(): readonly number[] {
  return [...NAMES.keys()];
}

export function cipherSuiteCode(name: string): number | undefined {
  for (const [code, known] of NAMES) if (known === name) return code;
  return undefined;
}

/** `true` for the suites of TLS 1.3, which name no key exchange. */
export function isTls13Suite(code: number): boolean {
  return code >> 8 === 0x13;
}

export function suiteKeyExchange(code: number): SuiteKeyExchange {
  const name = NAMES.get(code) ?? '';
  for (const [pattern, kind] of KEY_EXCHANGES) if (pattern.test(name)) return kind;
  return 'other';
}

const KEY_EXCHANGES: readonly (readonly [RegExp, SuiteKeyExchange])[] = [
  [/^TLS_ECDHE_PSK_/, 'ecdhe_psk'],
  [/^TLS_ECDHE_|^TLS_ECDH_anon_/, 'ecdhe'],
  [/^TLS_(DHE_PSK|PSK_DHE)_/, 'dhe_psk'],
  [/^TLS_DHE_|^TLS_DH_anon_/, 'dhe'],
  [/^TLS_RSA_PSK_/, 'rsa_psk'],
  [/^TLS_PSK_/, 'psk'],
  [/^TLS_RSA_/, 'rsa'],
];

/** `undefined` for ciphers that the runtime's crypto library does not have (RC4, IDEA, SEED, GOST ...). */
export function suiteProtection(code: number): SuiteProtection | undefined {
  const name = NAMES.get(code);
  if (name === undefined) return undefined;
  const text = name.replace(/^TLS_(.*_WITH_)?/, '');
  const prf = text.endsWith('_SHA384') ? 'sha384' : 'sha256';
  for (const row of PROTECTIONS) {
    const match = row.pattern.exec(text);
    if (match !== null) return row.protection(match, prf);
  }
  return undefined;
}

interface ProtectionRow {
  readonly pattern: RegExp;
  readonly protection: (match: RegExpExecArray, prf: SuiteHash) => SuiteProtection;
}

const MACS: Readonly<Record<string, SuiteHash>> = {
  MD5: 'md5',
  SHA: 'sha1',
  SHA256: 'sha256',
  SHA384: 'sha384',
};

const aead = (cipher: string, keyBytes: number, ivBytes: number, tagBytes: number, prf: SuiteHash) =>
  ({ mode: 'aead', cipher, keyBytes, ivBytes, tagBytes, prf }) as const;

const cbc = (cipher: string, keyBytes: number, ivBytes: number, mac: string | undefined, prf: SuiteHash) =>
  ({ mode: 'cbc', cipher, keyBytes, ivBytes, tagBytes: 0, mac: MACS[mac ?? ''] ?? 'sha1', prf }) as const;

const PROTECTIONS: readonly ProtectionRow[] = [
  {
    pattern: /^(AES|ARIA|CAMELLIA)_(128|256)_GCM_/,
    protection: ([, family, bits], prf) =>
      aead(`${family?.toLowerCase()}-${bits}-gcm`, Number(bits) / 8, 4, 16, prf),
  },
  {
    // RFC 6655: suites that end in _8 have a tag of 8 bytes; without a hash in the name the hash is SHA-256.
    pattern: /^AES_(128|256)_CCM(_8)?/,
    protection: ([, bits, short], prf) =>
      aead(`aes-${bits}-ccm`, Number(bits) / 8, 4, short === undefined ? 16 : 8, prf),
  },
  {
    pattern: /^CHACHA20_POLY1305/,
    protection: (_match, prf) => aead('chacha20-poly1305', 32, 12, 16, prf),
  },
  {
    pattern: /^(AES|ARIA|CAMELLIA)_(128|256)_CBC_(SHA(?:256|384)?)$/,
    protection: ([, family, bits, mac], prf) =>
      cbc(`${family?.toLowerCase()}-${bits}-cbc`, Number(bits) / 8, 16, mac, prf),
  },
  {
    pattern: /^3DES_EDE_CBC_SHA$/,
    protection: (_match, prf) => cbc('des-ede3-cbc', 24, 8, 'SHA', prf),
  },
  {
    pattern: /^NULL_(MD5|SHA256|SHA384|SHA)$/,
    protection: ([, mac], prf) => ({
      mode: 'null',
      cipher: '',
      keyBytes: 0,
      ivBytes: 0,
      tagBytes: 0,
      mac: MACS[mac ?? ''] ?? 'sha1',
      prf,
    }),
  },
];
