import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  encodeIa5String,
  encodeOid,
  encodePrintableString,
  encodeSequence,
  encodeSet,
  encodeTagged,
  encodeUtf8String,
} from '../../../src/pki/der-writer.ts';
import {
  buildName,
  commonNameOf,
  type DistinguishedName,
  isEmptyName,
  isWithinName,
  nameEquals,
  parseName,
} from '../../../src/pki/name.ts';
import { formatName, formatSlashName } from '../../../src/pki/name-text.ts';
import { OID } from '../../../src/pki/oid.ts';

const attribute = (value: Uint8Array, type: string = OID.commonName): Uint8Array =>
  encodeSequence(encodeOid(type), value);

const nameOf = (...values: Uint8Array[]): DistinguishedName =>
  parseName(encodeSequence(...values.map((value) => encodeSet(attribute(value)))));

const unknown = (value: Uint8Array): DistinguishedName =>
  parseName(encodeSequence(encodeSet(attribute(value, '1.2.3'))));

const utf8 = (text: string): DistinguishedName => nameOf(encodeUtf8String(text));
const bmp = (text: string): Uint8Array => encodeTagged(0x1e, Buffer.from(text, 'utf16le').swap16());

describe('names', () => {
  it('are built with the string type that their attribute has', () => {
    const name = buildName([
      { type: 'countryName', value: 'DE' },
      { type: 'organizationName', value: 'Größe' },
      { type: 'domainComponent', value: 'test' },
    ]);
    expect(name.rdns.map(([first]) => first?.der[0])).toEqual([0x13, 0x0c, 0x16]);
    expect(formatName(name)).toBe('DC=test,O=Größe,C=DE');
    expect(formatSlashName(name)).toBe('/C=DE/O=Gr\\xC3\\xB6\\xC3\\x9Fe/DC=test');
  });

  it('may be empty', () => {
    expect(isEmptyName(buildName([]))).toBe(true);
    expect(formatName(buildName([]))).toBe('');
    expect(commonNameOf(buildName([]))).toBeUndefined();
  });

  it.each([
    ['another string type', utf8('devca'), nameOf(encodePrintableString('devca'))],
    ['a BMPString', utf8('Größe'), nameOf(bmp('Größe'))],
    ['a TeletexString', utf8('Größe'), nameOf(encodeTagged(0x14, Buffer.from('Größe', 'latin1')))],
    ['a UniversalString', utf8('A'), nameOf(encodeTagged(0x1c, Buffer.from([0, 0, 0, 65])))],
    ['another case', utf8('DevCA'), utf8('dEVca')],
    ['another case outside ASCII', utf8('ΑΣ STRASSE'), utf8('ας straße')],
    ['blanks at the ends and doubled', utf8('  a   b '), utf8('a b')],
    ['another normal form', utf8('e\u0301'), utf8('\u00e9')],
    ['compatible characters', utf8('ﬁ'), utf8('fi')],
    ['invisible characters', utf8('a\u00ad\u200bb'), utf8('ab')],
    ['another blank', utf8('a\u00a0b'), utf8('a b')],
  ])('are the same with %s', (_, a, b) => {
    expect(nameEquals(a, b)).toBe(true);
  });

  it.each([
    ['other text', utf8('a'), utf8('b')],
    ['no blank where the other has one', utf8('a b'), utf8('ab')],
    [
      'another order',
      nameOf(encodeUtf8String('a'), encodeUtf8String('b')),
      nameOf(encodeUtf8String('b'), encodeUtf8String('a')),
    ],
    ['one RDN more', nameOf(encodeUtf8String('a'), encodeUtf8String('b')), utf8('a')],
    ['a separator in a value', utf8('a/2.5.4.3=b'), nameOf(encodeUtf8String('a'), encodeUtf8String('b'))],
    [
      'a value that is no string',
      unknown(encodeTagged(0x04, Buffer.from('a'))),
      unknown(encodeUtf8String('#040161')),
    ],
    ['the dotless i', utf8('\u0131'), utf8('i')],
  ])('differ with %s', (_, a, b) => {
    expect(nameEquals(a, b)).toBe(false);
  });

  it('do not depend on the order within an RDN', () => {
    const [a, b] = [attribute(encodeUtf8String('a')), attribute(encodeUtf8String('b'), OID.organizationName)];
    const left = parseName(encodeSequence(encodeTagged(0x31, a, b)));
    const right = parseName(encodeSequence(encodeTagged(0x31, b, a)));
    expect(nameEquals(left, right)).toBe(true);
    expect(formatName(left)).toBe('CN=a+O=b');
  });

  it('lie in the subtree of their first RDNs', () => {
    const [a, b] = [encodeUtf8String('a'), encodeUtf8String('b')];
    expect(isWithinName(nameOf(a, b), nameOf(a))).toBe(true);
    expect(isWithinName(nameOf(a), nameOf(a, b))).toBe(false);
    expect(isWithinName(nameOf(b, a), nameOf(a))).toBe(false);
    expect(isWithinName(nameOf(a), buildName([]))).toBe(true);
  });

  it.each([
    ['an RDN without attributes', encodeSequence(encodeSet())],
    ['UTF-8 that is none', encodeSequence(encodeSet(attribute(encodeTagged(0x0c, Uint8Array.of(0xff)))))],
    [
      'an underscore in a PrintableString',
      encodeSequence(encodeSet(attribute(encodePrintableString('a_b')))),
    ],
    ['IA5 outside ASCII', encodeSequence(encodeSet(attribute(encodeTagged(0x16, Uint8Array.of(0x80)))))],
    [
      'half a character of a BMPString',
      encodeSequence(encodeSet(attribute(encodeTagged(0x1e, Uint8Array.of(0))))),
    ],
    [
      'a surrogate in a BMPString',
      encodeSequence(encodeSet(attribute(encodeTagged(0x1e, Uint8Array.of(0xd8, 0))))),
    ],
    [
      'a common name that is no string',
      encodeSequence(encodeSet(attribute(encodeTagged(0x04, Uint8Array.of(1))))),
    ],
    [
      'something after the value',
      encodeSequence(
        encodeSet(encodeSequence(encodeOid('2.5.4.3'), encodeIa5String('a'), encodeIa5String('b'))),
      ),
    ],
  ])('are refused with %s', (_, der) => {
    expect(() => parseName(der)).toThrow(expect.objectContaining({ code: 'DEVCA_DER_INVALID' }));
  });

  it('are shown with what would mislead escaped', () => {
    expect(formatName(utf8(' a,b+"c"\\<d>;# '))).toBe('CN=\\ a\\,b\\+\\"c\\"\\\\\\<d\\>\\;#\\ ');
    expect(formatName(utf8('#a\u0000\u001b[31m'))).toBe('CN=\\#a\\00\\1B[31m');
    expect(formatName(unknown(encodeTagged(0x04, Uint8Array.of(1))))).toBe('1.2.3=#040101');
    expect(formatName(parseName(encodeSequence(encodeSet(attribute(encodeUtf8String('x'), '1.2.3')))))).toBe(
      '1.2.3=x',
    );
  });

  it('are read back as they were built', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), (values) => {
        const name = buildName(values.map((value) => ({ type: 'organizationName', value })));
        expect(name.rdns.map(([first]) => first?.value)).toEqual(values);
        expect(nameEquals(name, parseName(name.der))).toBe(true);
      }),
    );
  });
});
