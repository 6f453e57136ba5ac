import { type DerElement, type DerReader, readWhole, TAG } from './der-reader.ts';
import {
  encodeIa5String,
  encodeOid,
  encodePrintableString,
  encodeSequence,
  encodeSet,
  encodeUtf8String,
} from './der-writer.ts';
import { decodeDirectoryString, prepareString } from './directory-string.ts';
import { bytesEqual, bytesToHex } from './fingerprint.ts';
import { OID, oidName } from './oid.ts';

/** One attribute of a name. `value` is its text, or `#` and the hex of its DER where it is no string. */
export interface AttributeTypeAndValue {
  readonly type: string;
  readonly value: string;
  readonly der: Uint8Array;
}

export type RelativeDistinguishedName = readonly AttributeTypeAndValue[];

export interface DistinguishedName {
  readonly rdns: readonly RelativeDistinguishedName[];
  readonly der: Uint8Array;
}

export type NameAttributeType =
  | 'commonName'
  | 'countryName'
  | 'dnQualifier'
  | 'domainComponent'
  | 'emailAddress'
  | 'givenName'
  | 'localityName'
  | 'organizationName'
  | 'organizationalUnitName'
  | 'serialNumber'
  | 'stateOrProvinceName'
  | 'streetAddress'
  | 'surname'
  | 'title'
  | 'userId';

/** A name with one attribute in each RDN, in the given order; no attribute makes the empty name. */
export function buildName(
  attributes: readonly { readonly type: NameAttributeType; readonly value: string }[],
): DistinguishedName {
  const rdns = attributes.map(({ type, value }) => {
    const encode = ENCODERS[type] ?? encodeUtf8String;
    return encodeSet(encodeSequence(encodeOid(OID[type]), encode(value)));
  });
  return parseName(encodeSequence(...rdns));
}

export const parseName = (der: Uint8Array): DistinguishedName => readWhole(der, 'name', readName);

/** Reads a Name where it stands in a larger structure. */
export const readName = (reader: DerReader): DistinguishedName => nameOf(reader.read(TAG.sequence), reader);

/** The Name that is an element which `reader` has read. */
export const nameOf = (element: DerElement, reader: DerReader): DistinguishedName => ({
  rdns: reader.over(element).readAll((item) => readRdn(item)),
  der: element.der,
});

/** Reads the attributes of one RDN, of an implicitly tagged one where a tag is given. */
export function readRdn(reader: DerReader, tag: number = TAG.set): AttributeTypeAndValue[] {
  const set = reader.enter(tag);
  if (set.isAtEnd) set.fail('a relative distinguished name is empty');
  return set.readAll(readAttribute);
}

export const encodeRdn = (rdn: RelativeDistinguishedName): Uint8Array =>
  encodeSet(...rdn.map(({ type, der }) => encodeSequence(encodeOid(type), der)));

/** Whether two names are the same (RFC 5280 section 7.1): order of RDNs counts, order within an RDN does not. */
export function nameEquals(a: DistinguishedName, b: DistinguishedName): boolean {
  return bytesEqual(a.der, b.der) || nameKey(a) === nameKey(b);
}

/** A string that is equal for equal names, to look names up by. */
export function nameKey(name: DistinguishedName): string {
  let key = keys.get(name);
  if (key === undefined) {
    key = name.rdns.map(rdnKey).join('/');
    keys.set(name, key);
  }
  return key;
}

/** Whether `name` lies in the subtree: its first RDNs are those of `base` (RFC 5280 section 4.2.1.10). */
export function isWithinName(name: DistinguishedName, base: DistinguishedName): boolean {
  return (
    base.rdns.length <= name.rdns.length &&
    base.rdns.every((rdn, i) => rdnKey(rdn) === rdnKey(name.rdns[i] ?? []))
  );
}

export const isEmptyName = (name: DistinguishedName): boolean => name.rdns.length === 0;

/** The values of every attribute of one type, in the order of the name. */
export function attributeValues(name: DistinguishedName, type: NameAttributeType): string[] {
  return name.rdns.flatMap((rdn) => rdn.filter((a) => a.type === OID[type]).map((a) => a.value));
}

/** The last common name, which is the most specific one. */
export const commonNameOf = (name: DistinguishedName): string | undefined =>
  attributeValues(name, 'commonName').at(-1);

const ENCODERS: Partial<Record<NameAttributeType, (text: string) => Uint8Array>> = {
  countryName: encodePrintableString,
  dnQualifier: encodePrintableString,
  serialNumber: encodePrintableString,
  domainComponent: encodeIa5String,
  emailAddress: encodeIa5String,
};

const keys = new WeakMap<DistinguishedName, string>();

const rdnKey = (rdn: RelativeDistinguishedName): string => rdn.map(attributeKey).sort().join('+');

// Escaped, so that no value can imitate the separators.
function attributeKey({ type, value, der }: AttributeTypeAndValue): string {
  const isString = STRING_TAGS.has(der[0] ?? 0);
  return `${type}${isString ? '=' : '#'}${encodeURIComponent(isString ? prepareString(value) : value)}`;
}

const STRING_TAGS = new Set<number>([
  TAG.utf8String,
  TAG.numericString,
  TAG.printableString,
  TAG.teletexString,
  TAG.ia5String,
  TAG.visibleString,
  TAG.universalString,
  TAG.bmpString,
]);

function readAttribute(reader: DerReader): AttributeTypeAndValue {
  const attribute: DerReader = reader.enter();
  const type = attribute.readOid();
  const element = attribute.read();
  attribute.finish();
  const text = decodeDirectoryString(element);
  if (text === false || (text === undefined && oidName(type) !== undefined))
    attribute.fail('a name has a value that its type does not allow', element.offset);
  return { type, value: text ?? `#${bytesToHex(element.der)}`, der: element.der };
}
