import { createCipheriv, createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { buildAlgorithm } from './algorithm.ts';
import { contextConstructed, contextPrimitive, TAG } from './der-reader.ts';
import {
  encodeInteger,
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeSet,
  encodeTagged,
} from './der-writer.ts';
import { OID } from './oid.ts';
import { bmpPassword, derivePkcs12, KDF_PURPOSE } from './pkcs12-kdf.ts';
import type { StoreContent } from './store-content.ts';

export interface Pkcs12Options {
  /** ASCII: readers do not agree about the encoding of anything else. */
  readonly password: string;
  /** Triple DES and SHA-1, for readers from before 2020, instead of AES-256 and SHA-256. */
  readonly legacy: boolean;
  readonly random: (length: number) => Uint8Array;
}

/**
 * A PKCS#12 file (RFC 7292): the key shrouded, the certificates encrypted, all under a MAC. Trusted certificates have
 * Oracle's attribute, without which Java shows a store with no entries.
 */
export function encodePkcs12({ key, trusted }: StoreContent, options: Pkcs12Options): Uint8Array {
  const certificates = trusted.map(({ alias, certificate }) =>
    certificateBag(certificate, [friendlyName(alias), TRUSTED]),
  );
  const keys: Uint8Array[] = [];
  if (key !== undefined) {
    const [endEntity = new Uint8Array(), ...issuers] = key.chain;
    // What ties the key to its certificate.
    const id = createHash('sha1').update(endEntity).digest();
    const attributes = [friendlyName(key.alias), attribute(OID.localKeyId, encodeOctetString(id))];
    keys.push(bag(OID.pkcs12ShroudedKeyBag, encodeSequence(...encrypt(key.pkcs8, options)), attributes));
    certificates.push(
      certificateBag(endEntity, attributes),
      ...issuers.map((der) => certificateBag(der, [])),
    );
  }
  const safes = [
    encryptedContent(encodeSequence(...certificates), options),
    ...(keys.length === 0 ? [] : [plainContent(encodeSequence(...keys))]),
  ];
  const contents = encodeSequence(...safes);
  return encodeSequence(encodeInteger(3), plainContent(contents), macOver(contents, options));
}

/** What Java 17 writes; against a password that was chosen well more would add nothing. */
const ROUNDS = 10_000;

/** What OpenSSL 1.x wrote. */
const LEGACY_ROUNDS = 2048;

const TRUSTED = attribute(OID.trustedKeyUsage, encodeOid(OID.anyExtendedKeyUsage));

function friendlyName(alias: string): Uint8Array {
  const utf16 = Buffer.from(alias, 'utf16le').swap16();
  return attribute(OID.friendlyName, encodeTagged(TAG.bmpString, utf16));
}

function attribute(oid: string, value: Uint8Array): Uint8Array {
  return encodeSequence(encodeOid(oid), encodeSet(value));
}

function bag(oid: string, value: Uint8Array, attributes: readonly Uint8Array[]): Uint8Array {
  const set = attributes.length === 0 ? [] : [encodeSet(...attributes)];
  return encodeSequence(encodeOid(oid), encodeTagged(contextConstructed(0), value), ...set);
}

function certificateBag(der: Uint8Array, attributes: readonly Uint8Array[]): Uint8Array {
  const value = encodeTagged(contextConstructed(0), encodeOctetString(der));
  return bag(OID.pkcs12CertBag, encodeSequence(encodeOid(OID.x509Certificate), value), attributes);
}

function plainContent(der: Uint8Array): Uint8Array {
  const value = encodeTagged(contextConstructed(0), encodeOctetString(der));
  return encodeSequence(encodeOid(OID.pkcs7Data), value);
}

function encryptedContent(der: Uint8Array, options: Pkcs12Options): Uint8Array {
  const [algorithm, data] = encrypt(der, options);
  // The OCTET STRING of `encrypt` under the tag [0] (RFC 5652 section 8).
  const content = Uint8Array.from(data);
  content[0] = contextPrimitive(0);
  const info = encodeSequence(encodeOid(OID.pkcs7Data), algorithm, content);
  const value = encodeTagged(contextConstructed(0), encodeSequence(encodeInteger(0), info));
  return encodeSequence(encodeOid(OID.pkcs7EncryptedData), value);
}

/** The algorithm with its parameters, and an OCTET STRING. */
function encrypt(plain: Uint8Array, { password, legacy, random }: Pkcs12Options): [Uint8Array, Uint8Array] {
  if (legacy) {
    const salt = random(8);
    const derive = (purpose: number, length: number) =>
      derivePkcs12('sha1', bmpPassword(password), salt, { iterations: LEGACY_ROUNDS, purpose, length });
    const parameters = encodeSequence(encodeOctetString(salt), encodeInteger(LEGACY_ROUNDS));
    const data = encipher('des-ede3-cbc', derive(KDF_PURPOSE.key, 24), derive(KDF_PURPOSE.iv, 8), plain);
    return [buildAlgorithm(OID.pbeWithSha1And3Des, parameters).der, data];
  }
  const [salt, iv] = [random(16), random(16)];
  const data = encipher('aes-256-cbc', pbkdf2Sync(password, salt, ROUNDS, 32, 'sha256'), iv, plain);
  return [pbes2(salt, iv), data];
}

/** RFC 8018 appendices A.2 and A.4. */
function pbes2(salt: Uint8Array, iv: Uint8Array): Uint8Array {
  const prf = buildAlgorithm(OID.hmacWithSha256, encodeNull()).der;
  const derivation = encodeSequence(encodeOctetString(salt), encodeInteger(ROUNDS), prf);
  const parameters = encodeSequence(
    buildAlgorithm(OID.pbkdf2, derivation).der,
    buildAlgorithm(OID.aes256Cbc, encodeOctetString(iv)).der,
  );
  return buildAlgorithm(OID.pbes2, parameters).der;
}

function encipher(name: string, key: Uint8Array, iv: Uint8Array, plain: Uint8Array): Uint8Array {
  const cipher = createCipheriv(name, key, iv);
  return encodeOctetString(Buffer.concat([cipher.update(plain), cipher.final()]));
}

/** RFC 7292 section 4, MacData. */
function macOver(contents: Uint8Array, { password, legacy, random }: Pkcs12Options): Uint8Array {
  const { digest, oid, length, iterations } = legacy
    ? { digest: 'sha1', oid: OID.sha1, length: 20, iterations: LEGACY_ROUNDS }
    : { digest: 'sha256', oid: OID.sha256, length: 32, iterations: ROUNDS };
  const salt = random(legacy ? 8 : 16);
  const options = { iterations, purpose: KDF_PURPOSE.mac, length };
  const key = derivePkcs12(digest, bmpPassword(password), salt, options);
  const mac = createHmac(digest, key).update(contents).digest();
  const info = encodeSequence(buildAlgorithm(oid, encodeNull()).der, encodeOctetString(mac));
  return encodeSequence(info, encodeOctetString(salt), encodeInteger(iterations));
}
