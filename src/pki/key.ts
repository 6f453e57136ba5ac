import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, type KeyObject } from 'node:crypto';
import { DevcaError } from '../errors/devca-error.ts';
import { buildAlgorithm, encodeSubjectPublicKeyInfo } from './algorithm.ts';
import { DerReader } from './der-reader.ts';
import { encodeOid } from './der-writer.ts';
import { OID } from './oid.ts';
import { decodePem, encodePem } from './pem.ts';

/** The kinds of key that devca makes and takes, by the words of `--key-type`. */
export const KEY_TYPES = ['ec-p256', 'ec-p384', 'rsa-2048', 'rsa-3072', 'rsa-4096', 'ed25519'] as const;

export type KeyType = (typeof KEY_TYPES)[number];

/** A key that a certificate is made for, whoever has its private half: RSA of any size then. */
export interface CertifiedKey {
  readonly type: CertifiedKeyType;
  /** DER of the SubjectPublicKeyInfo. */
  readonly subjectPublicKeyInfo: Uint8Array;
}

export type CertifiedKeyType = KeyType | `rsa-${number}`;

export interface PrivateKey extends CertifiedKey {
  readonly type: KeyType;
  readonly keyObject: KeyObject;
  /** Of a key that was made as bytes: a copy of its PKCS#8 in DER. */
  exportPkcs8?(): Uint8Array;
}

export const isKeyType = (text: string): text is KeyType => KEY_TYPES.some((type) => type === text);

export const isRsa = (type: CertifiedKeyType): boolean => type.startsWith('rsa-');

/** Makes a key. RSA takes a tenth of a second and more, the others under a millisecond. */
export function generateKey(type: KeyType): PrivateKey {
  const pair = generatePair(type);
  return { type, keyObject: pair.privateKey, subjectPublicKeyInfo: subjectPublicKeyInfoOf(pair.publicKey) };
}

/** PKCS#8 without encryption, as servers read it. */
export const exportPkcs8Pem = (key: PrivateKey): string =>
  key.exportPkcs8 === undefined
    ? key.keyObject.export({ type: 'pkcs8', format: 'pem' }).toString()
    : encodePem('PRIVATE KEY', key.exportPkcs8());

/** The same in DER, in a buffer that its user can wipe. */
export const exportPkcs8 = (key: PrivateKey): Uint8Array =>
  key.exportPkcs8?.() ?? key.keyObject.export({ type: 'pkcs8', format: 'der' });

/** Reads PKCS#8 in DER, of which no copy is made. Throws DEVCA_KEY_INVALID and DEVCA_KEY_TYPE_UNSUPPORTED. */
export function importPkcs8(der: Uint8Array, source: string): PrivateKey {
  return describeKey(readKeyObject(der, 'pkcs8', source), source);
}

/**
 * Reads a private key from PEM: PKCS#8, or the older PKCS#1 and SEC 1 forms. Certificates beside it are skipped.
 * Throws DEVCA_PEM_INVALID, DEVCA_KEY_INVALID, DEVCA_KEY_ENCRYPTED, DEVCA_KEY_TYPE_UNSUPPORTED.
 */
export function importPrivateKeyPem(pem: string, source: string): PrivateKey {
  // RFC 1421 headers mark the older encrypted form, which a strict PEM reader refuses without saying why.
  if (/^Proc-Type: 4,ENCRYPTED/m.test(pem)) throw new DevcaError('DEVCA_KEY_ENCRYPTED', { source });
  const keys = decodePem(pem, source).filter((block) => block.label.endsWith('PRIVATE KEY'));
  const [block] = keys;
  if (block === undefined) throw keyInvalid(source, 'it has no private key in PEM');
  if (keys.length > 1) throw keyInvalid(source, `it has ${keys.length} private keys`);
  if (block.label === 'ENCRYPTED PRIVATE KEY') throw new DevcaError('DEVCA_KEY_ENCRYPTED', { source });
  const type = FORMAT_OF_LABEL[block.label];
  if (type === undefined) throw keyInvalid(source, `"${block.label}" is not a form that devca reads`);
  return describeKey(readKeyObject(block.der, type, source), source);
}

/**
 * The subject key identifier: SHA-1 of the key's BIT STRING without its unused-bits octet
 * (RFC 5280 section 4.2.1.2, method 1). An identifier, not a protection.
 */
export function keyIdentifier(subjectPublicKeyInfo: Uint8Array): Uint8Array {
  const reader = new DerReader(subjectPublicKeyInfo, 'SubjectPublicKeyInfo').enter();
  reader.read();
  return hash('sha1', reader.readBitString().bytes, 'buffer');
}

const FORMAT_OF_LABEL: Readonly<Record<string, 'pkcs8' | 'pkcs1' | 'sec1'>> = {
  'PRIVATE KEY': 'pkcs8',
  'RSA PRIVATE KEY': 'pkcs1',
  'EC PRIVATE KEY': 'sec1',
};

function generatePair(type: KeyType): { privateKey: KeyObject; publicKey: KeyObject } {
  try {
    if (type === 'ec-p256') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    if (type === 'ec-p384') return generateKeyPairSync('ec', { namedCurve: 'P-384' });
    if (type === 'ed25519') return generateKeyPairSync('ed25519');
    return generateKeyPairSync('rsa', { modulusLength: Number(type.slice('rsa-'.length)) });
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new DevcaError(
      'DEVCA_RUNTIME_CRYPTO',
      { operation: `make a key of the kind ${type}`, detail },
      { cause },
    );
  }
}

function readKeyObject(der: Uint8Array, type: 'pkcs8' | 'pkcs1' | 'sec1', source: string): KeyObject {
  try {
    return createPrivateKey({
      key: Buffer.from(der.buffer, der.byteOffset, der.length),
      format: 'der',
      type,
    });
  } catch (cause) {
    throw keyInvalid(source, 'the runtime cannot read it', cause);
  }
}

/** DER of a SubjectPublicKeyInfo as the runtime has it, which throws many kinds of errors for keys that it does not know. */
export const publicKeyObject = (subjectPublicKeyInfo: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.from(subjectPublicKeyInfo), format: 'der', type: 'spki' });

/** A key object of the runtime as devca has it. Throws DEVCA_KEY_TYPE_UNSUPPORTED. */
export function describeKey(keyObject: KeyObject, source: string): PrivateKey {
  const { asymmetricKeyType = 'unknown', asymmetricKeyDetails } = keyObject;
  const kind =
    asymmetricKeyType === 'ec'
      ? (KEY_TYPE_OF_CURVE[asymmetricKeyDetails?.namedCurve ?? ''] ??
        `ec-${asymmetricKeyDetails?.namedCurve}`)
      : asymmetricKeyType === 'rsa'
        ? `rsa-${asymmetricKeyDetails?.modulusLength}`
        : asymmetricKeyType;
  if (!isKeyType(kind))
    throw new DevcaError('DEVCA_KEY_TYPE_UNSUPPORTED', { source, keyType: kind, supported: KEY_TYPES });
  return { type: kind, keyObject, subjectPublicKeyInfo: subjectPublicKeyInfoOf(createPublicKey(keyObject)) };
}

const KEY_TYPE_OF_CURVE: Readonly<Record<string, KeyType>> = { prime256v1: 'ec-p256', secp384r1: 'ec-p384' };

function subjectPublicKeyInfoOf(key: KeyObject): Uint8Array {
  if (key.asymmetricKeyType !== 'ec') return key.export({ type: 'spki', format: 'der' });
  // The same bytes, put together here: the runtime's encoder takes twice as long as making the key.
  const { crv, x = '', y = '' } = key.export({ format: 'jwk' });
  const point = Buffer.concat([UNCOMPRESSED, Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  const curve = encodeOid(crv === 'P-256' ? OID.p256 : OID.p384);
  return encodeSubjectPublicKeyInfo(buildAlgorithm(OID.ecPublicKey, curve), point);
}

/** RFC 5480 section 2.2. */
const UNCOMPRESSED = Buffer.of(0x04);

function keyInvalid(source: string, reason: string, cause?: unknown): DevcaError {
  return new DevcaError('DEVCA_KEY_INVALID', { source, reason }, { cause });
}
