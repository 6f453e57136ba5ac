import { expect, it } from '@jest/globals';
import { randomSerialNumber, serialNumberContents, serialNumberHex } from '../../../src/pki/serial-number.ts';

it.each([0x00, 0x7f, 0x80, 0xff])(
  'is positive, of 16 octets and without a leading zero for random octets %i',
  (octet) => {
    const serial = serialNumberContents(randomSerialNumber((length) => new Uint8Array(length).fill(octet)));
    expect(serial).toHaveLength(16);
    expect(serial[0]).toBeGreaterThan(0);
    expect(serial[0]).toBeLessThan(0x80);
    expect([...serial.subarray(1)]).toEqual(Array(15).fill(octet));
  },
);

it('is written in lower-case hex without a leading sign octet, and read again', () => {
  expect(serialNumberHex(Uint8Array.of(0, 0xab, 1))).toBe('ab01');
  expect([...serialNumberContents('ab01')]).toEqual([0, 0xab, 1]);
  expect(serialNumberHex(Uint8Array.of(0))).toBe('00');
});

it('is written with a minus sign where it is negative, as only foreign certificates have it', () => {
  expect(serialNumberHex(Uint8Array.of(0xff))).toBe('-01');
});
