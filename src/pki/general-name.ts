import { contextConstructed, contextPrimitive, type DerReader, readWhole, TAG } from './der-reader.ts';
import { encodeTagged } from './der-writer.ts';
import { formatIpAddress, formatIpRange, parseIpAddress } from './ip-address.ts';
import { type DistinguishedName, readName } from './name.ts';
import { formatName } from './name-text.ts';
import { decodeOid } from './oid.ts';

/**
 * RFC 5280 section 4.2.1.6. `der` of the kinds that devca does not read is the whole element. In a name
 * constraint the bytes of an iPAddress are address and mask, and `value` is a range such as `10.0.0.0/8`.
 */
export type GeneralName =
  | {
      readonly kind: 'dNSName' | 'rfc822Name' | 'uniformResourceIdentifier';
      readonly value: string;
    }
  | { readonly kind: 'iPAddress'; readonly value: string; readonly bytes: Uint8Array }
  | { readonly kind: 'directoryName'; readonly name: DistinguishedName }
  | {
      readonly kind: 'otherName' | 'x400Address' | 'ediPartyName' | 'registeredID';
      readonly der: Uint8Array;
    };

export type GeneralNameKind = GeneralName['kind'];

/** An iPAddress from its text; undefined where that is no address. */
export function ipGeneralName(text: string): GeneralName | undefined {
  const bytes = parseIpAddress(text);
  return bytes === undefined ? undefined : { kind: 'iPAddress', value: formatIpAddress(bytes), bytes };
}

export const parseGeneralName = (der: Uint8Array): GeneralName =>
  readWhole(der, 'general name', readGeneralName);

/** Reads a GeneralName where it stands in a larger structure; `ipLengths` are the lengths an iPAddress may have. */
export function readGeneralName(reader: DerReader, ipLengths: readonly number[] = [4, 16]): GeneralName {
  const tag = reader.peek();
  switch (tag) {
    case contextPrimitive(1):
      return { kind: 'rfc822Name', value: reader.readIa5String(tag) };
    case contextPrimitive(2):
      return { kind: 'dNSName', value: reader.readIa5String(tag) };
    case contextPrimitive(6):
      return { kind: 'uniformResourceIdentifier', value: reader.readIa5String(tag) };
    case contextPrimitive(7): {
      const { contents: bytes, offset } = reader.read(tag);
      if (!ipLengths.includes(bytes.length)) {
        reader.fail(`an iPAddress has ${bytes.length} octets instead of ${ipLengths.join(' or ')}`, offset);
      }
      const value = ipLengths.includes(4) ? formatIpAddress(bytes) : formatIpRange(bytes);
      return { kind: 'iPAddress', value, bytes };
    }
    case contextConstructed(4): {
      const explicit = reader.enter(tag);
      const name = readName(explicit);
      explicit.finish();
      return { kind: 'directoryName', name };
    }
    case contextConstructed(0):
      return { kind: 'otherName', der: readOtherName(reader) };
    case contextConstructed(3):
      return { kind: 'x400Address', der: reader.read(tag).der };
    case contextConstructed(5):
      return { kind: 'ediPartyName', der: reader.read(tag).der };
    case contextPrimitive(8): {
      const element = reader.read(tag);
      if (decodeOid(element.contents) === undefined) {
        reader.fail('a registeredID is no object identifier', element.offset);
      }
      return { kind: 'registeredID', der: element.der };
    }
    default:
      return reader.fail('there is no general name of this kind');
  }
}

/** Reads GeneralNames under a tag; an empty list is malformed (SIZE (1..MAX)). */
export function readGeneralNames(reader: DerReader, tag: number = TAG.sequence): GeneralName[] {
  const sequence = reader.enter(tag);
  if (sequence.isAtEnd) sequence.fail('a list of general names is empty');
  return sequence.readAll((item) => readGeneralName(item));
}

export function encodeGeneralName(name: GeneralName): Uint8Array {
  switch (name.kind) {
    case 'rfc822Name':
      return encodeTagged(contextPrimitive(1), ascii(name.value));
    case 'dNSName':
      return encodeTagged(contextPrimitive(2), ascii(name.value));
    case 'uniformResourceIdentifier':
      return encodeTagged(contextPrimitive(6), ascii(name.value));
    case 'iPAddress':
      return encodeTagged(contextPrimitive(7), name.bytes);
    case 'directoryName':
      return encodeTagged(contextConstructed(4), name.name.der);
    default:
      return name.der;
  }
}

export const encodeGeneralNames = (names: readonly GeneralName[], tag: number = TAG.sequence): Uint8Array =>
  encodeTagged(tag, ...names.map(encodeGeneralName));

/** `DNS:localhost`, `IP:127.0.0.1` and so on, with the labels that OpenSSL uses. */
export function formatGeneralName(name: GeneralName): string {
  switch (name.kind) {
    case 'dNSName':
      return `DNS:${name.value}`;
    case 'rfc822Name':
      return `email:${name.value}`;
    case 'uniformResourceIdentifier':
      return `URI:${name.value}`;
    case 'iPAddress':
      return `IP:${name.value}`;
    case 'directoryName':
      return `DirName:${formatName(name.name)}`;
    default:
      return `${name.kind}:#${Buffer.from(name.der).toString('hex')}`;
  }
}

/** Some type, and under an explicit tag the one value that it says. */
function readOtherName(reader: DerReader): Uint8Array {
  const element = reader.read(contextConstructed(0));
  const otherName = reader.over(element);
  otherName.readOid();
  const value = otherName.enter(contextConstructed(0));
  value.read();
  value.finish();
  otherName.finish();
  return element.der;
}

const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1');
