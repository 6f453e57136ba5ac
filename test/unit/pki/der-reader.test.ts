import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DevcaError } from '../../../src/errors/devca-error.ts';
import { DerReader, readWhole, TAG } from '../../../src/pki/der-reader.ts';
import {
  encodeBitString,
  encodeInteger,
  encodeNamedBits,
  encodeOctetString,
  encodeSequence,
} from '../../../src/pki/der-writer.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

const read = (hex: string, parse: (reader: DerReader) => unknown): unknown =>
  readWhole(bytes(hex), 'thing', parse);

describe('a DER reader', () => {
  it.each([
    ['an indefinite length', '30 80 00 00', /indefinite/],
    ['a length that is longer than it need be', '04 81 01 00', /shortest/],
    ['a length with a leading zero', '04 82 00 80', /shortest/],
    ['a length beyond the end', '04 05 00', /reaches beyond/],
    ['a length of five octets', '04 85 01 00 00 00 00', /more than four/],
    ['an end within a length', '04 82 01', /within a length/],
    ['a tag of two octets', '1f 81 01 00', /over 30/],
    ['an end-of-contents marker', '00 00', /end-of-contents/],
    ['nothing at all', '', /too early/],
    ['bytes after the end', '04 00 ff', /1 bytes follow/],
  ])('refuses %s', (_, hex, reason) => {
    expect(() => read(hex, (reader) => reader.read())).toThrow(reason);
  });

  it.each([
    ['a BOOLEAN of 0x01', '01 01 01', (r: DerReader) => r.readBoolean()],
    ['an empty INTEGER', '02 00', (r: DerReader) => r.readInteger()],
    ['an INTEGER with a needless zero', '02 02 00 7f', (r: DerReader) => r.readInteger()],
    ['an INTEGER with needless ones', '02 02 ff 80', (r: DerReader) => r.readInteger()],
    ['a negative count', '02 01 ff', (r: DerReader) => r.readCount()],
    ['an OBJECT IDENTIFIER that does not end', '06 02 2a 80', (r: DerReader) => r.readOid()],
    ['an OBJECT IDENTIFIER with a needless 0x80', '06 03 2a 80 01', (r: DerReader) => r.readOid()],
    ['an empty BIT STRING', '03 00', (r: DerReader) => r.readBitString()],
    ['a BIT STRING with eight unused bits', '03 02 08 00', (r: DerReader) => r.readBitString()],
    ['unused bits that are not zero', '03 02 01 01', (r: DerReader) => r.readBitString()],
    ['unused bits of nothing', '03 01 01', (r: DerReader) => r.readBitString()],
    ['an IA5String outside ASCII', '16 01 80', (r: DerReader) => r.readIa5String()],
  ])('refuses %s', (_, hex, parse) => {
    expect(() => read(hex, parse)).toThrow(DevcaError);
  });

  it('says which structure is wrong, how, and at which byte of the whole', () => {
    const der = encodeSequence(encodeOctetString(bytes('aa')), bytes('01 01 02'));
    expect(() =>
      readWhole(der, 'test structure', (reader) => {
        const sequence = reader.enter();
        sequence.readOctetString();
        sequence.readBoolean();
      }),
    ).toThrow(
      expect.objectContaining({
        code: 'DEVCA_DER_INVALID',
        context: { what: 'test structure', reason: 'a BOOLEAN is neither 0x00 nor 0xff', offset: 5 },
      }),
    );
  });

  it('reads a count beyond 31 bits as the largest one', () => {
    expect(read('02 05 00 ff ff ff ff', (reader) => reader.readCount())).toBe(0x7fffffff);
    expect(read('02 02 01 00', (reader) => reader.readCount())).toBe(256);
  });

  it('reads named bits from the most significant one', () => {
    const bits = [true, false, false, false, false, false, false, false, true];
    expect(readWhole(encodeNamedBits(bits), 'bits', (reader) => reader.readNamedBits())).toEqual(bits);
    expect(encodeNamedBits([])).toEqual(bytes('03 01 00'));
    expect(encodeBitString(bytes('80'), 7)).toEqual(encodeNamedBits([true]));
  });

  it('reads optional elements only where their tag stands', () => {
    const reader = new DerReader(encodeInteger(5), 'thing');
    expect(reader.readOptional(TAG.boolean)).toBeUndefined();
    expect(reader.readOptional(TAG.integer)?.contents).toEqual(bytes('05'));
    expect(reader.isAtEnd).toBe(true);
  });

  it('gives a coded error or a value for any bytes, and never reads beyond them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (input) => {
        try {
          const element = new DerReader(input, 'thing').read();
          expect(element.der.length).toBeLessThanOrEqual(input.length);
        } catch (cause) {
          expect(cause).toBeInstanceOf(DevcaError);
        }
      }),
    );
  });
});
