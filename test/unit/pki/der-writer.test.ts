import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readWhole } from '../../../src/pki/der-reader.ts';
import {
  encodeContext,
  encodeInteger,
  encodeOctetString,
  encodeOid,
  encodeSet,
  encodeTime,
} from '../../../src/pki/der-writer.ts';
import { bytesToHex } from '../../../src/pki/fingerprint.ts';
import { readTime } from '../../../src/pki/time.ts';

describe('a DER writer', () => {
  it.each([
    [0, '020100'],
    [127, '02017f'],
    [128, '02020080'],
    [256, '02020100'],
    [-1, '0201ff'],
    [-128, '020180'],
    [-129, '0202ff7f'],
  ])('writes the INTEGER %i in its shortest form', (value, hex) => {
    expect(bytesToHex(encodeInteger(value))).toBe(hex);
  });

  it('writes unsigned octets without needless zeros and never as a negative number', () => {
    expect(bytesToHex(encodeInteger(Uint8Array.of(0, 0, 0x80)))).toBe('02020080');
    expect(bytesToHex(encodeInteger(Uint8Array.of(0)))).toBe('020100');
    expect(bytesToHex(encodeInteger(new Uint8Array()))).toBe('020100');
  });

  it('writes lengths of one, two and three octets', () => {
    expect(bytesToHex(encodeOctetString(new Uint8Array(127)).subarray(0, 2))).toBe('047f');
    expect(bytesToHex(encodeOctetString(new Uint8Array(128)).subarray(0, 3))).toBe('048180');
    expect(bytesToHex(encodeOctetString(new Uint8Array(256)).subarray(0, 4))).toBe('04820100');
  });

  it('puts the elements of a SET OF in ascending order, the shorter of two equal beginnings first', () => {
    const set = encodeSet(Uint8Array.of(4, 1, 2), Uint8Array.of(4, 0), Uint8Array.of(2, 1, 9));
    expect(bytesToHex(set)).toBe('310802010904000401' + '02');
  });

  it('tags primitives and structures apart', () => {
    expect(bytesToHex(encodeContext(2, Uint8Array.of(1)))).toBe('820101');
    expect(bytesToHex(encodeContext(0, Uint8Array.of(2, 1, 0), { constructed: true }))).toBe('a003020100');
  });

  it.each([
    ['1949-12-31T23:59:59Z', 0x18],
    ['1950-01-01T00:00:00Z', 0x17],
    ['2049-12-31T23:59:59Z', 0x17],
    ['2050-01-01T00:00:00Z', 0x18],
  ])('writes %s with tag %i, as RFC 5280 section 4.1.2.5 has it', (text, tag) => {
    const der = encodeTime(new Date(text));
    expect(der[0]).toBe(tag);
    expect(readWhole(der, 'time', readTime)).toEqual(new Date(text));
  });

  it('writes what its reader reads back: integers, object identifiers, times', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }), (value) => {
        const contents = readWhole(encodeInteger(value), 'integer', (reader) => reader.readInteger());
        expect(BigInt.asIntN(contents.length * 8, BigInt(`0x${bytesToHex(contents)}`))).toBe(value);
      }),
    );
    const arcs = fc.array(fc.bigInt({ min: 0n, max: 2n ** 130n }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.constantFrom('1.2', '0.9', '2.5', '2.999', '1.39'), arcs, (root, rest) => {
        const dotted = [root, ...rest].join('.');
        expect(readWhole(encodeOid(dotted), 'oid', (reader) => reader.readOid())).toBe(dotted);
      }),
    );
    const date = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(date, (time) => {
        const wholeSeconds = new Date(Math.floor(time.getTime() / 1000) * 1000);
        expect(readWhole(encodeTime(wholeSeconds), 'time', readTime)).toEqual(wholeSeconds);
      }),
    );
  });
});
