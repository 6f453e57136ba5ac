import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { ExportedKey, exportedKeyMaker } from '../../../src/pki/exported-key.ts';
import { exportPkcs8, exportPkcs8Pem, KEY_TYPES } from '../../../src/pki/key.ts';

describe('keys that are made as bytes', () => {
  const makeKey = exportedKeyMaker();

  it.each(KEY_TYPES.filter((type) => !type.startsWith('rsa-')))('writes %s as the runtime does', (type) => {
    const key = makeKey(type);
    const read = createPrivateKey(exportPkcs8Pem(key));
    expect(key.type).toBe(type);
    expect(exportPkcs8Pem(key)).toBe(read.export({ type: 'pkcs8', format: 'pem' }));
    expect(Buffer.from(exportPkcs8(key))).toEqual(read.export({ type: 'pkcs8', format: 'der' }));
    expect(Buffer.from(key.subjectPublicKeyInfo)).toEqual(
      createPublicKey(read).export({ type: 'spki', format: 'der' }),
    );
    const data = Buffer.from('signed');
    const hash = type === 'ed25519' ? null : 'sha256';
    expect(verify(hash, data, createPublicKey(read), sign(hash, data, key.keyObject))).toBe(true);
  });

  it('keeps the leading zeros of a key', () => {
    // One in 256 has one.
    for (let count = 0; count < 2000; count++) expect(exportPkcs8(makeKey('ec-p256'))).toHaveLength(138);
  });

  it('makes another key each time, and gives out copies', () => {
    const [one, other] = [makeKey('ec-p256'), makeKey('ec-p256')];
    expect(exportPkcs8(one)).not.toEqual(exportPkcs8(other));
    exportPkcs8(one).fill(0);
    expect(createPrivateKey(exportPkcs8Pem(one)).type).toBe('private');
  });

  it('shows its bytes neither in print nor in JSON', () => {
    const key = makeKey('ec-p256');
    expect(key).toBeInstanceOf(ExportedKey);
    const text = inspect(key, { depth: 9, showHidden: true }) + JSON.stringify(key);
    const secret = Buffer.from(exportPkcs8(key)).subarray(36, 68);
    expect(text).not.toContain(secret.toString('hex'));
    expect(text).not.toContain(secret.toString('base64').slice(0, 40));
    expect(text).not.toContain([...secret.subarray(0, 8)].join(', '));
    expect(Object.keys(key)).toEqual(['type', 'subjectPublicKeyInfo']);
  });
});
