import { describe, expect, it } from '@jest/globals';
import { importEncryptedPem, isEncryptedPem } from '../../../src/pki/encrypted-pem.ts';
import { exportPkcs8Pem, generateKey, type KeyType } from '../../../src/pki/key.ts';
import { codeOf } from '../../support/coded.ts';

type Form = 'pkcs8' | 'pkcs1' | 'sec1';

const key = generateKey('ec-p256');
const pem = (type: Form, cipher = 'aes-256-cbc', of = key) =>
  of.keyObject.export({ type: type as 'pkcs8', format: 'pem', cipher, passphrase: 'secret' }).toString();

describe('a private key under a password', () => {
  it.each([
    ['pkcs8', 'ec-p256', 'aes-256-cbc'],
    ['sec1', 'ec-p384', 'aes-256-cbc'],
    ['pkcs1', 'rsa-2048', 'aes-128-cbc'],
    ['pkcs1', 'rsa-2048', 'des-ede3-cbc'],
  ] as const)('is read in the form %s, of the kind %s, under %s', (form, type: KeyType, cipher) => {
    const text = pem(form, cipher, generateKey(type));
    expect(isEncryptedPem(text)).toBe(true);
    expect(importEncryptedPem(text, 'secret', 'key.pem')?.type).toBe(type);
    expect(importEncryptedPem(text.replaceAll('\n', '\r\n'), 'secret', 'key.pem')?.type).toBe(type);
    expect(importEncryptedPem(text, 'wrong', 'key.pem')).toBeUndefined();
  });

  it('is told from one without', () => {
    expect(isEncryptedPem(exportPkcs8Pem(key))).toBe(false);
  });

  it('is refused where it is cut off, twice there, or under a cipher that nobody has', () => {
    const read = (text: string) => codeOf(() => importEncryptedPem(text, 'secret', 'key.pem'));
    for (const form of ['pkcs8', 'sec1'] as const) {
      expect(read(pem(form).slice(0, -40))).toMatch(/^DEVCA_(KEY|PEM)_INVALID$/);
      expect(read(pem(form) + pem(form))).toBe('DEVCA_KEY_INVALID');
    }
    expect(read(pem('sec1').replace('AES-256-CBC', 'NONE-1'))).toBe('DEVCA_KEY_INVALID');
  });
});
