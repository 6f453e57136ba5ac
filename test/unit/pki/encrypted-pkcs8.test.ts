import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { decryptPkcs8, encryptPkcs8, SCRYPT } from '../../../src/pki/encrypted-pkcs8.ts';
import { exportPkcs8, generateKey, importPkcs8 } from '../../../src/pki/key.ts';
import { systemRandom } from '../../../src/platform/random.ts';

const PKCS8 = Buffer.from(exportPkcs8(generateKey('ec-p256')));

describe('an encrypted private key', () => {
  it.each(['correct horse', 'ünïcödé 鍵', ' with blanks ', 'x'.repeat(300)])(
    'opens with %p',
    (passphrase) => {
      const der = encryptPkcs8(PKCS8, passphrase, systemRandom);
      expect(decryptPkcs8(der, passphrase, 'k')).toEqual(PKCS8);
    },
  );

  it('is as hard to guess as scrypt with 128 MiB, within the memory that OpenSSL grants', () => {
    const { cost, blockSize, parallelization } = SCRYPT;
    expect(128 * cost * blockSize * parallelization).toBeGreaterThanOrEqual(80 * 1024 * 1024);
    expect(128 * blockSize * (cost + parallelization + 2)).toBeLessThan(32 * 1024 * 1024);
  });

  it('is never the same twice, and shows nothing of the key', () => {
    const [a, b] = [1, 2].map(() => Buffer.from(encryptPkcs8(PKCS8, 'correct horse', systemRandom)));
    expect(a).not.toEqual(b);
    expect(a?.indexOf(PKCS8.subarray(30, 50))).toBe(-1);
  });

  it('does not open with another passphrase, however often the padding looks right', () => {
    const der = encryptPkcs8(PKCS8, 'correct horse', systemRandom);
    for (let attempt = 0; attempt < 8; attempt += 1)
      expect(decryptPkcs8(der, `wrong ${attempt}`, 'k')).toBeUndefined();
  });

  it("opens what the runtime's own writer made, with PBKDF2", () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const der = privateKey.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: 'pw' });
    expect(decryptPkcs8(der, 'pw', 'k')).toEqual(privateKey.export({ type: 'pkcs8', format: 'der' }));
  });

  it('opens what OpenSSL wrote by a scheme of PKCS#12', () => {
    // openssl pkcs8 -topk8 -v1 PBE-SHA1-3DES -passout pass:ünïcödé -outform DER
    const der = Buffer.from(
      'MIGxMBwGCiqGSIb3DQEMAQMwDgQItS6CbiAa8ZMCAggABIGQAx9EDNjddLFHp3+Xo0jSD9E1OgTXHx6c+Q+YMj2Oc2+OLeJFs7KTVJxy9frGay5e' +
        '6xQr/8G4F6/XrVVGwmNWRsYQ2RiTBCR7XPPPf0NyUbPIV4zD/3gP2hsfQmPNtOhkv0vn+o5iUnUJvQ3H8TaHo42IUoVrQYMatJGAeaWsPjgKzO7K' +
        '4HYM4Ug4s/PuUlx2',
      'base64',
    );
    expect(importPkcs8(decryptPkcs8(der, 'ünïcödé', 'k') ?? new Uint8Array(), 'k').type).toBe('ec-p256');
    expect(decryptPkcs8(der, 'unicode', 'k')).toBeUndefined();
  });

  it('is refused where it is cut or has something after it', () => {
    const der = Buffer.from(encryptPkcs8(PKCS8, 'correct horse', systemRandom));
    for (const damaged of [der.subarray(0, 60), Buffer.concat([der, Buffer.of(0)]), Buffer.of(0x30, 0)])
      expect(() => decryptPkcs8(damaged, 'correct horse', 'k')).toThrow(
        expect.objectContaining({ code: 'DEVCA_DER_INVALID' }),
      );
  });
});
