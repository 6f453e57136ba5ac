import { createDecipheriv, pbkdf2Sync, scryptSync } from 'node:crypto';
import { DevcaError } from '../errors/devca-error.ts';
import { type AlgorithmIdentifier, readAlgorithm } from './algorithm.ts';
import { DerReader, TAG } from './der-reader.ts';
import { OID } from './oid.ts';
import { bmpPassword, derivePkcs12, KDF_PURPOSE } from './pkcs12-kdf.ts';
import { decryptRc2Cbc } from './rc2.ts';

/** A password in the form that a scheme asks for; an empty one has two forms in PKCS#12. */
export interface Pkcs12Password {
  readonly text: string;
  readonly bmp: Uint8Array;
}

export function passwordForms(text: string): readonly Pkcs12Password[] {
  const usual = { text, bmp: bmpPassword(text) };
  return text === '' ? [usual, { text, bmp: new Uint8Array() }] : [usual];
}

/** More rounds than any writer uses; a file that asks for more is made to keep us busy. */
export const MOST_ROUNDS = 10_000_000;
const MOST_ROUNDS_OF_PKCS12 = 1_000_000;

/**
 * Decrypts by PBES2 (RFC 8018 section 6.2) or the schemes of PKCS#12 (RFC 7292 appendix C). Undefined where the
 * password is wrong; throws DEVCA_PKCS12_UNSUPPORTED for what the runtime has no cipher for.
 */
export function decryptPbe(
  algorithm: AlgorithmIdentifier,
  data: Uint8Array,
  password: Pkcs12Password,
  source: string,
): Uint8Array | undefined {
  const { cipher, key, iv } =
    algorithm.oid === OID.pbes2
      ? readPbes2(parametersOf(algorithm), password, source)
      : readLegacy(algorithm, password, source);
  const effectiveBits = RC2_BITS[cipher];
  if (effectiveBits !== undefined) return decryptRc2Cbc(key, iv, data, effectiveBits);
  try {
    const decipher = createDecipheriv(cipher, key, iv);
    return Buffer.concat([decipher.update(data), decipher.final()]);
  } catch (cause) {
    // OpenSSL tells an unknown cipher apart from padding that makes no sense, which is what a wrong password gives.
    const { code = '', message } = cause as NodeJS.ErrnoException;
    if (code === 'ERR_CRYPTO_UNKNOWN_CIPHER' || message.includes('unsupported'))
      throw unsupported(source, cipher);
    return undefined;
  }
}

/** The key of a PBKDF2 AlgorithmIdentifier (RFC 8018 appendix A.2). */
export function derivePbkdf2(
  parameters: DerReader,
  password: string,
  defaultLength: number | undefined,
  source: string,
): Uint8Array {
  const salt = parameters.readOctetString();
  const rounds = checkRounds(parameters.readCount(), MOST_ROUNDS, source);
  const length = parameters.peek() === TAG.integer ? parameters.readCount() : defaultLength;
  const prf = parameters.isAtEnd ? HMAC_SHA1 : readAlgorithm(parameters).oid;
  parameters.finish();
  const digest = DIGEST_OF_HMAC[prf];
  if (digest === undefined) throw unsupported(source, `PBKDF2 with ${prf}`);
  if (length === undefined || length > 1024) throw unsupported(source, `a key of ${length} octets`);
  return pbkdf2Sync(Buffer.from(password, 'utf8'), salt, rounds, length, digest);
}

export function checkRounds(rounds: number, most: number, source: string): number {
  if (rounds < 1 || rounds > most) throw unsupported(source, `${rounds} rounds of key derivation`);
  return rounds;
}

/** The parameters of an algorithm, which must be there. */
export function parametersOf({ parameters, der }: AlgorithmIdentifier): DerReader {
  const reader = new DerReader(parameters ?? new Uint8Array(), 'PKCS#12 file');
  if (parameters === undefined) reader.fail(`an algorithm of ${der.length} octets has no parameters`);
  return reader.enter();
}

export const unsupported = (source: string, algorithm: string): DevcaError =>
  new DevcaError('DEVCA_PKCS12_UNSUPPORTED', { source, algorithm });

/** The function where none is named (RFC 8018 appendix A.2). */
const HMAC_SHA1 = '1.2.840.113549.2.7';

export const DIGEST_OF_HMAC: Readonly<Record<string, string>> = {
  [HMAC_SHA1]: 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  [OID.hmacWithSha256]: 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};

const CIPHERS: Readonly<Record<string, { readonly cipher: string; readonly keyOctets: number }>> = {
  '2.16.840.1.101.3.4.1.2': { cipher: 'aes-128-cbc', keyOctets: 16 },
  '2.16.840.1.101.3.4.1.22': { cipher: 'aes-192-cbc', keyOctets: 24 },
  [OID.aes256Cbc]: { cipher: 'aes-256-cbc', keyOctets: 32 },
  '1.2.840.113549.3.7': { cipher: 'des-ede3-cbc', keyOctets: 24 },
};

/** What the runtime has not and `rc2.ts` has, with the bits of the key that count. */
const RC2_BITS: Readonly<Record<string, number>> = { 'rc2-cbc': 128, 'rc2-40-cbc': 40 };

/** RFC 7292 appendix C: SHA-1 and an old cipher. */
const LEGACY: Readonly<Record<string, { readonly cipher: string; readonly keyOctets: number }>> = {
  '1.2.840.113549.1.12.1.1': { cipher: 'rc4', keyOctets: 16 },
  '1.2.840.113549.1.12.1.2': { cipher: 'rc4-40', keyOctets: 5 },
  [OID.pbeWithSha1And3Des]: { cipher: 'des-ede3-cbc', keyOctets: 24 },
  '1.2.840.113549.1.12.1.4': { cipher: 'des-ede-cbc', keyOctets: 16 },
  '1.2.840.113549.1.12.1.5': { cipher: 'rc2-cbc', keyOctets: 16 },
  '1.2.840.113549.1.12.1.6': { cipher: 'rc2-40-cbc', keyOctets: 5 },
};

interface Keyed {
  readonly cipher: string;
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
}

function readPbes2(parameters: DerReader, { text }: Pkcs12Password, source: string): Keyed {
  const derivation = readAlgorithm(parameters);
  const scheme = readAlgorithm(parameters);
  parameters.finish();
  const row = CIPHERS[scheme.oid];
  if (row === undefined || scheme.parameters === undefined)
    throw unsupported(source, `the cipher ${scheme.oid}`);
  const iv = new DerReader(scheme.parameters, 'PKCS#12 file').readOctetString();
  return { cipher: row.cipher, iv, key: deriveKey(derivation, text, row.keyOctets, source) };
}

function deriveKey(
  derivation: AlgorithmIdentifier,
  text: string,
  keyOctets: number,
  source: string,
): Uint8Array {
  const parameters = parametersOf(derivation);
  if (derivation.oid === OID.pbkdf2) return derivePbkdf2(parameters, text, keyOctets, source);
  if (derivation.oid !== OID.scrypt) throw unsupported(source, `the key derivation ${derivation.oid}`);
  const salt = parameters.readOctetString();
  const [cost, blockSize, parallelization] = [
    parameters.readCount(),
    parameters.readCount(),
    parameters.readCount(),
  ];
  const maxmem = 256 * 1024 * 1024;
  if (cost * blockSize * 128 > maxmem || parallelization > 64)
    throw unsupported(source, `scrypt with the cost ${cost}`);
  return scryptSync(Buffer.from(text, 'utf8'), salt, keyOctets, { cost, blockSize, parallelization, maxmem });
}

function readLegacy(algorithm: AlgorithmIdentifier, { bmp }: Pkcs12Password, source: string): Keyed {
  const row = LEGACY[algorithm.oid];
  if (row === undefined) throw unsupported(source, `the scheme ${algorithm.oid}`);
  // Known, and in no provider that the runtime loads: refused before rounds are spent on it.
  if (row.cipher.startsWith('rc4')) throw unsupported(source, row.cipher.toUpperCase());
  const parameters = parametersOf(algorithm);
  const salt = parameters.readOctetString();
  const iterations = checkRounds(parameters.readCount(), MOST_ROUNDS_OF_PKCS12, source);
  parameters.finish();
  const { cipher, keyOctets } = row;
  const derive = (purpose: number, length: number) =>
    derivePkcs12('sha1', bmp, salt, { iterations, purpose, length });
  return { cipher, key: derive(KDF_PURPOSE.key, keyOctets), iv: derive(KDF_PURPOSE.iv, 8) };
}
