import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatIpAddress, formatIpRange, parseIpAddress, parseIpRange } from '../../../src/pki/ip-address.ts';

describe('IP addresses', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
    ['::', '::'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['1:0:0:2::', '1:0:0:2::'],
    ['::ffff:1.2.3.4', '::ffff:1.2.3.4'],
    ['64:ff9b::1.2.3.4', '64:ff9b::102:304'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['fe80::1', 'fe80::1'],
  ])('%s is written as %s', (text, canonical) => {
    const bytes = parseIpAddress(text);
    expect(bytes && formatIpAddress(bytes)).toBe(canonical);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '1.2.3.256',
    '0x7f.0.0.1',
    '1.2.3.4 ',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '::12345',
    '::1.2.3.4:5',
    '1.2.3.4::',
    '::g',
    'fe80::1%eth0',
    '[::1]',
    ':1:2:3:4:5:6:7',
  ])('"%s" is none', (text) => {
    expect(parseIpAddress(text)).toBeUndefined();
  });

  it('are read back as they were written', () => {
    for (const length of [4, 16]) {
      fc.assert(
        fc.property(fc.uint8Array({ minLength: length, maxLength: length }), (bytes) => {
          expect(parseIpAddress(formatIpAddress(bytes))).toEqual(bytes);
        }),
      );
    }
  });
});

describe('ranges of addresses', () => {
  it('hold the address with the bits of the mask only', () => {
    expect(parseIpRange('10.1.2.3/8')).toEqual(Uint8Array.of(10, 0, 0, 0, 255, 0, 0, 0));
    expect(parseIpRange('10.1.2.3/23')).toEqual(Uint8Array.of(10, 1, 2, 0, 255, 255, 254, 0));
    expect(parseIpRange('10.1.2.3')).toEqual(Uint8Array.of(10, 1, 2, 3, 255, 255, 255, 255));
    expect(parseIpRange('0.0.0.0/0')).toEqual(new Uint8Array(8));
  });

  it.each(['10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/08', '10.0.0.0/8/8', '::/129', 'x/8'])(
    'cannot be "%s"',
    (text) => {
      expect(parseIpRange(text)).toBeUndefined();
    },
  );

  it('are written with the length of their prefix, and a question mark for a mask with holes', () => {
    expect(formatIpRange(Uint8Array.of(10, 0, 0, 0, 255, 0, 0, 0))).toBe('10.0.0.0/8');
    expect(formatIpRange(Uint8Array.of(10, 0, 0, 0, 255, 0, 255, 0))).toBe('10.0.0.0/?');
  });
});
