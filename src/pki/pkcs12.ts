import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import { readAlgorithm } from './algorithm.ts';
import { normalizeBer } from './ber.ts';
import { contextConstructed, contextPrimitive, DerReader, readWhole, TAG } from './der-reader.ts';
import { bytesToHex } from './fingerprint.ts';
import { OID } from './oid.ts';
import { decryptPbe, type Pkcs12Password, passwordForms, unsupported } from './pkcs12-encryption.ts';
import { macHolds, type Pkcs12Mac, readMac } from './pkcs12-mac.ts';

/** What the attributes of a bag say. */
export interface Pkcs12Attributes {
  readonly friendlyName?: string;
  /** Hex; a key and its certificate have the same. */
  readonly localKeyId?: string;
  /** Has the attribute without which Java takes no certificate for trusted. */
  readonly isTrusted: boolean;
}

export interface Pkcs12Bag extends Pkcs12Attributes {
  readonly der: Uint8Array;
}

export interface Pkcs12Content {
  readonly certificates: readonly Pkcs12Bag[];
  /** PKCS#8 without encryption. */
  readonly keys: readonly Pkcs12Bag[];
}

/**
 * Reads a PKCS#12 file (RFC 7292) for the certificates and keys in it. Without a password the empty one is tried.
 * Throws DEVCA_DER_INVALID, DEVCA_PASSWORD_MISSING, DEVCA_PASSWORD_WRONG, DEVCA_PKCS12_UNSUPPORTED.
 */
export function parsePkcs12(bytes: Uint8Array, password: string | undefined, source: string): Pkcs12Content {
  const { contents, offset, mac } = readPfx(bytes, source);
  const refusal = () =>
    new DevcaError(password === undefined ? 'DEVCA_PASSWORD_MISSING' : 'DEVCA_PASSWORD_WRONG', { source });
  const forms = passwordForms(password ?? '');
  const form =
    mac === undefined ? forms[0] : forms.find((candidate) => macHolds(mac, contents, candidate, source));
  if (form === undefined) throw refusal();
  const collected: Collected = { certificates: [], keys: [] };
  const open: Open = { password: form, refusal, source, isChecked: mac !== undefined };
  readSafes(contents, offset, open, collected);
  return collected;
}

const WHAT = 'PKCS#12 file';

interface Pfx {
  readonly contents: Uint8Array;
  readonly offset: number;
  readonly mac: Pkcs12Mac | undefined;
}

function readPfx(bytes: Uint8Array, source: string): Pfx {
  return readWhole(normalizeBer(bytes, WHAT), WHAT, (reader) => {
    const pfx = reader.enter();
    const start = pfx.offset;
    const version = pfx.readCount();
    if (version !== 3) pfx.fail(`it has version ${version} instead of 3`, start);
    const authSafe = pfx.enter();
    const type = authSafe.readOid();
    if (type !== OID.pkcs7Data) throw unsupported(source, 'a signature instead of a password');
    const explicit = authSafe.enter(contextConstructed(0));
    const element = explicit.read(TAG.octetString);
    explicit.finish();
    authSafe.finish();
    const mac = pfx.isAtEnd ? undefined : readMac(pfx.enter());
    pfx.finish();
    const offset = element.offset + element.der.length - element.contents.length;
    return { contents: element.contents, offset, mac };
  });
}

interface Open {
  readonly password: Pkcs12Password;
  readonly refusal: () => DevcaError;
  readonly source: string;
  /** The password is known to be right; otherwise bytes that make no sense mean that it is wrong. */
  readonly isChecked: boolean;
}

interface Collected {
  readonly certificates: Pkcs12Bag[];
  readonly keys: Pkcs12Bag[];
}

function readSafes(contents: Uint8Array, offset: number, open: Open, into: Collected): void {
  const safes = new DerReader(normalizeBer(contents, WHAT), WHAT, offset);
  const sequence = safes.enter();
  safes.finish();
  while (!sequence.isAtEnd) {
    const info = sequence.enter();
    const type = info.readOid();
    const explicit = info.enter(contextConstructed(0));
    if (type === OID.pkcs7Data) {
      const element = explicit.read(TAG.octetString);
      const inner = element.offset + element.der.length - element.contents.length;
      readBags(new DerReader(normalizeBer(element.contents, WHAT), WHAT, inner), open, into, 0);
    } else if (type === OID.pkcs7EncryptedData) {
      readEncrypted(explicit.enter(), open, into);
    } else {
      throw unsupported(open.source, 'a public key instead of a password');
    }
    explicit.finish();
    info.finish();
  }
}

function readEncrypted(encrypted: DerReader, open: Open, into: Collected): void {
  encrypted.readInteger();
  const info = encrypted.enter();
  info.readOid();
  const algorithm = readAlgorithm(info);
  const data = readImplicitOctets(info);
  const plain = decryptPbe(algorithm, data, open.password, open.source);
  if (plain === undefined) throw open.refusal();
  try {
    readBags(new DerReader(normalizeBer(plain, WHAT), WHAT), open, into, 0);
  } catch (error) {
    if (open.isChecked || !isDevcaError(error, 'DEVCA_DER_INVALID')) throw error;
    throw open.refusal();
  }
}

/** An OCTET STRING with the tag [0], whole or in pieces. */
function readImplicitOctets(reader: DerReader): Uint8Array {
  if (reader.peek() !== contextConstructed(0)) return reader.readOctetString(contextPrimitive(0));
  return Buffer.concat(reader.enter(contextConstructed(0)).readAll((piece) => piece.readOctetString()));
}

// Safes within safes are allowed, and used by nobody.
const DEEPEST = 4;

function readBags(reader: DerReader, open: Open, into: Collected, depth: number): void {
  const bags = reader.enter();
  if (depth > DEEPEST) bags.fail('safes are nested too deep');
  while (!bags.isAtEnd) {
    const bag = bags.enter();
    const type = bag.readOid();
    const value = bag.enter(contextConstructed(0));
    const attributes = bag.isAtEnd ? { isTrusted: false } : readAttributes(bag.enter(TAG.set));
    bag.finish();
    if (type === OID.pkcs12CertBag) {
      const der = readCertificate(value);
      if (der !== undefined) into.certificates.push({ der, ...attributes });
    } else if (type === OID.pkcs12KeyBag) {
      into.keys.push({ der: value.read().der, ...attributes });
    } else if (type === OID.pkcs12ShroudedKeyBag) {
      const shrouded = value.enter();
      const algorithm = readAlgorithm(shrouded);
      const data = shrouded.readOctetString();
      const der = decryptPbe(algorithm, data, open.password, open.source);
      if (der === undefined) throw open.refusal();
      into.keys.push({ der, ...attributes });
    } else if (type === OID.pkcs12SafeContentsBag) {
      readBags(value, open, into, depth + 1);
    }
  }
}

function readCertificate(value: DerReader): Uint8Array | undefined {
  const certificate = value.enter();
  if (certificate.readOid() !== OID.x509Certificate) return undefined;
  return certificate.enter(contextConstructed(0)).readOctetString();
}

function readAttributes(set: DerReader): Pkcs12Attributes {
  let attributes: Pkcs12Attributes = { isTrusted: false };
  while (!set.isAtEnd) {
    const attribute = set.enter();
    const type = attribute.readOid();
    const values = attribute.enter(TAG.set);
    if (type === OID.friendlyName && values.peek() === TAG.bmpString) {
      attributes = { ...attributes, friendlyName: bmpText(values.read().contents) };
    } else if (type === OID.localKeyId && values.peek() === TAG.octetString) {
      attributes = { ...attributes, localKeyId: bytesToHex(values.readOctetString()) };
    } else if (type === OID.trustedKeyUsage) {
      attributes = { ...attributes, isTrusted: true };
    }
  }
  return attributes;
}

function bmpText(contents: Uint8Array): string {
  let text = '';
  for (let i = 0; i + 1 < contents.length; i += 2)
    text += String.fromCharCode(((contents[i] ?? 0) << 8) | (contents[i + 1] ?? 0));
  return text;
}
