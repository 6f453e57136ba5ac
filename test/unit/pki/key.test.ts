import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  exportPkcs8Pem,
  generateKey,
  importPrivateKeyPem,
  isKeyType,
  KEY_TYPES,
  type KeyType,
  keyIdentifier,
} from '../../../src/pki/key.ts';

const P256 = generateKey('ec-p256');

describe('keys', () => {
  it.each(KEY_TYPES.filter((type) => type !== 'rsa-4096' && type !== 'rsa-3072'))(
    'makes, writes and reads %s',
    (type) => {
      const key = generateKey(type);
      const pem = exportPkcs8Pem(key);
      expect(pem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
      const again = importPrivateKeyPem(pem, 'key.pem');
      expect(again.type).toBe(type);
      const exported = createPublicKey(pem).export({ type: 'spki', format: 'der' });
      expect(Buffer.from(key.subjectPublicKeyInfo)).toEqual(exported);
      expect(Buffer.from(again.subjectPublicKeyInfo)).toEqual(Buffer.from(key.subjectPublicKeyInfo));
    },
  );

  it('knows its kinds by their words', () => {
    expect(isKeyType('ec-p256')).toBe(true);
    expect(isKeyType('dsa')).toBe(false);
  });

  it('says when the runtime cannot make a key', () => {
    expect(() => generateKey('rsa-1' as KeyType)).toThrow(
      expect.objectContaining({ code: 'DEVCA_RUNTIME_CRYPTO' }),
    );
  });

  it('reads the older forms, and skips certificates beside the key', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const pkcs1 = rsa.export({ type: 'pkcs1', format: 'pem' }).toString();
    expect(importPrivateKeyPem(pkcs1, 'key.pem').type).toBe('rsa-2048');
    const sec1 = P256.keyObject.export({ type: 'sec1', format: 'pem' }).toString();
    const certificate = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    expect(importPrivateKeyPem(certificate + sec1, 'combined.pem').type).toBe('ec-p256');
  });

  it('identifies a key by the SHA-1 of its bits', () => {
    // RFC 5280 section 4.2.1.2, method 1; the key and identifier of ISRG Root X2
    const spki = Buffer.from(
      'MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEzZvVn4CDCuwJSvMWSj5cz3es3mcFDR0HttwW+1qLFNvicWDEukWVEYmO6gbf9yoWHKS5xcUy4APgHoIYOIvXRdgKam7mAHf7AlF9ItgKbppbd9/w+kHsOdx1ymgHDB/q',
      'base64',
    );
    expect(Buffer.from(keyIdentifier(spki)).toString('hex')).toBe('7c4296aede4b483bfa92f89e8ccf6d8ba9723795');
  });
});

describe('keys that cannot be read', () => {
  it.each([
    ['a text without a key', 'hello', 'DEVCA_KEY_INVALID'],
    ['two keys', exportPkcs8Pem(P256).repeat(2), 'DEVCA_KEY_INVALID'],
    [
      'a form that it does not know',
      '-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----\n',
      'DEVCA_KEY_INVALID',
    ],
    [
      'bytes that are no key',
      '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
      'DEVCA_KEY_INVALID',
    ],
    ['a cut block', exportPkcs8Pem(P256).slice(0, 80), 'DEVCA_PEM_INVALID'],
    [
      'an encrypted key',
      P256.keyObject
        .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
        .toString(),
      'DEVCA_KEY_ENCRYPTED',
    ],
    [
      'an encrypted key in the older form',
      P256.keyObject
        .export({ type: 'sec1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
        .toString(),
      'DEVCA_KEY_ENCRYPTED',
    ],
    [
      'a curve that it does not use',
      generateKeyPairSync('ec', { namedCurve: 'P-521' })
        .privateKey.export({ type: 'pkcs8', format: 'pem' })
        .toString(),
      'DEVCA_KEY_TYPE_UNSUPPORTED',
    ],
    [
      'an RSA key that is too short',
      generateKeyPairSync('rsa', { modulusLength: 1024 })
        .privateKey.export({ type: 'pkcs8', format: 'pem' })
        .toString(),
      'DEVCA_KEY_TYPE_UNSUPPORTED',
    ],
  ])('refuses %s', (_what, pem, code) => {
    expect(() => importPrivateKeyPem(pem, 'key.pem')).toThrow(expect.objectContaining({ code }));
  });

  it('never quotes the key in an error', () => {
    const secret = exportPkcs8Pem(P256).split('\n')[1] ?? '';
    const broken = exportPkcs8Pem(P256).replace('\n-----END', '!\n-----END');
    try {
      importPrivateKeyPem(broken, 'key.pem');
    } catch (error) {
      expect(JSON.stringify(error) + String(error)).not.toContain(secret);
      return;
    }
    throw new Error('it was accepted');
  });
});

it('gives keys that the runtime signs with', () => {
  expect(createPrivateKey(exportPkcs8Pem(P256)).asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
});
