import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isKeyStoreKind } from '../../../src/keystore/key-store.ts';
import { openKeyStore } from '../../../src/keystore/open-key-store.ts';
import { exportPkcs8Pem, generateKey } from '../../../src/pki/key.ts';
import { realWorld } from '../../../src/platform/world.ts';
import { scratchFolder } from '../../support/scratch.ts';

const WORLD = realWorld();
const KEY = generateKey('ec-p256');

/** A key store with the key `ca` in it. */
function storeWithKey() {
  const home = scratchFolder();
  mkdirSync(join(home, 'keys'), { mode: 0o700 });
  const store = openKeyStore('file', home, WORLD);
  const file = store.seal('ca', KEY);
  WORLD.files.createExclusive(file.path, file.bytes, file.mode);
  return { home, store, path: file.path };
}

describe('the file key store', () => {
  it('rests a key in a file for its owner alone, and signs with it', () => {
    const { home, store, path } = storeWithKey();
    expect(path).toBe(join(home, 'keys/ca.pem'));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const signer = store.open('ca');
    expect(Buffer.from(signer.subjectPublicKeyInfo)).toEqual(Buffer.from(KEY.subjectPublicKeyInfo));
    expect(signer.sign(Buffer.from('x')).length).toBeGreaterThan(64);
    expect(JSON.stringify(signer)).not.toContain('PRIVATE');
  });

  it('destroys a key, and one that is not there', () => {
    const { store } = storeWithKey();
    store.destroy('ca');
    store.destroy('ca');
    expect(() => store.open('ca')).toThrow(
      expect.objectContaining({ code: 'DEVCA_KEYSTORE_KEY_MISSING', exitStatus: 1 }),
    );
  });

  it('refuses a key that others may read', () => {
    const { store, path } = storeWithKey();
    chmodSync(path, 0o640);
    expect(() => store.open('ca')).toThrow(
      expect.objectContaining({
        code: 'DEVCA_KEYSTORE_KEY_UNSAFE',
        message: expect.stringContaining('mode is 0640'),
        hints: expect.arrayContaining([`run "chmod 600 ${path}" if the file is yours`]),
      }),
    );
  });

  it('refuses a key of another user', () => {
    const { home } = storeWithKey();
    const other = { ...WORLD, system: { ...WORLD.system, uid: 4711 } };
    expect(() => openKeyStore('file', home, other).open('ca')).toThrow(
      expect.objectContaining({
        code: 'DEVCA_KEYSTORE_KEY_UNSAFE',
        message: expect.stringContaining('another user'),
      }),
    );
  });

  it('refuses a link and a folder', () => {
    const { home, store, path } = storeWithKey();
    symlinkSync(path, join(home, 'keys/link.pem'));
    mkdirSync(join(home, 'keys/folder.pem'));
    for (const id of ['link', 'folder'])
      expect(() => store.open(id)).toThrow(expect.objectContaining({ code: 'DEVCA_KEYSTORE_KEY_UNSAFE' }));
  });

  it.each([
    ['empty', ''],
    ['cut', exportPkcs8Pem(KEY).slice(0, 100)],
    ['no key', 'hello'],
  ])('says that a key is damaged if it is %s, without quoting it', (_what, text) => {
    const { store, path } = storeWithKey();
    writeFileSync(path, text);
    const secret = exportPkcs8Pem(KEY).slice(30, 60);
    try {
      store.open('ca');
    } catch (error) {
      expect(error).toMatchObject({ code: 'DEVCA_KEYSTORE_KEY_CORRUPT' });
      expect(JSON.stringify(error)).not.toContain(secret);
      return;
    }
    throw new Error('it was opened');
  });

  it('is the only kind for now', () => {
    expect(isKeyStoreKind('file')).toBe(true);
    expect(isKeyStoreKind('discard')).toBe(false);
  });
});
