import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodePem, encodePem } from '../../../src/pki/pem.ts';

const BLOCK = '-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----\n';

describe('PEM', () => {
  it('gives every block with its label and line, and skips the text around it', () => {
    const text = `subject=a\r\n${BLOCK}\nnext:\n${BLOCK.replaceAll('CERTIFICATE', 'X509 CRL')}`;
    expect(decodePem(text, 'file')).toEqual([
      { label: 'CERTIFICATE', der: Uint8Array.of(0, 1, 2), line: 2 },
      { label: 'X509 CRL', der: Uint8Array.of(0, 1, 2), line: 7 },
    ]);
  });

  it('takes any end of line, blanks at the ends of lines, and no newline at the end', () => {
    for (const text of [
      BLOCK.replaceAll('\n', '\r\n'),
      BLOCK.replaceAll('\n', '\r'),
      BLOCK.trim(),
      BLOCK.replaceAll('\n', ' \t\n'),
    ]) {
      expect(decodePem(text, 'file')[0]?.der).toEqual(Uint8Array.of(0, 1, 2));
    }
  });

  it('is empty where there is no block', () => {
    expect(decodePem('nothing here', 'file')).toEqual([]);
  });

  it.each([
    ['a block that does not end', '-----BEGIN A-----\nAAEC\n', 1],
    ['an end without a beginning', 'x\n-----END A-----\n', 2],
    ['another end', '-----BEGIN A-----\nAAEC\n-----END B-----\n', 3],
    ['a block in a block', '-----BEGIN A-----\n-----BEGIN A-----\n', 2],
    ['what is not base64', '-----BEGIN A-----\nAA!C\n-----END A-----\n', 2],
    ['base64 that is cut off', '-----BEGIN A-----\nAAE\n-----END A-----\n', 3],
    ['padding in the middle', '-----BEGIN A-----\nAA==\nAAEC\n-----END A-----\n', 4],
    ['an empty block', '-----BEGIN A-----\n-----END A-----\n', 2],
    ['headers', '-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n\nAAEC\n-----END A-----\n', 2],
  ])('refuses %s and says in which line', (_, text, line) => {
    expect(() => decodePem(text, 'file')).toThrow(
      expect.objectContaining({
        code: 'DEVCA_PEM_INVALID',
        context: expect.objectContaining({ source: 'file', line }),
      }),
    );
  });

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (der) => {
        const text = encodePem('CERTIFICATE', der);
        expect(text.split('\n').every((line) => line.length <= 64)).toBe(true);
        expect(decodePem(text, 'file').map((block) => [...block.der])).toEqual([[...der]]);
      }),
    );
  });
});
