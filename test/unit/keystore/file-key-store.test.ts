import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isKeyStoreKind } from '../../../src/keystore/key-store.ts';
import { openKey, openKeyAtOnce, prepareKey, removeKeyFile } from '../../../src/keystore/open-key-store.ts';
import { exportPkcs8Pem, generateKey } from '../../../src/pki/key.ts';
import { realWorld } from '../../../src/platform/world.ts';
import { scratchFolder } from '../../support/scratch.ts';

const WORLD = realWorld();
const KEY = generateKey('ec-p256');

const RESTING = { id: 'ca', check: undefined, title: 'the key' };

/** A home with the key `ca` in a file. */
async function homeWithKey() {
  const home = scratchFolder();
  mkdirSync(join(home, 'keys'), { mode: 0o700 });
  const sealer = await prepareKey('file', { id: 'ca', title: 'the key', purpose: 'set' }, home, WORLD);
  const { file } = sealer.seal(KEY);
  WORLD.files.createExclusive(file.path, file.bytes, file.mode);
  return { home, path: file.path, open: () => openKey('file', RESTING, home, WORLD) };
}

describe('the file key store', () => {
  it('rests a key in a file for its owner alone, and signs with it', async () => {
    const { home, open, path } = await homeWithKey();
    expect(path).toBe(join(home, 'keys/ca.pem'));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    for (const signer of [await open(), openKeyAtOnce('file', 'ca', home, WORLD)]) {
      expect(Buffer.from(signer?.subjectPublicKeyInfo ?? [])).toEqual(Buffer.from(KEY.subjectPublicKeyInfo));
      expect(signer?.sign(Buffer.from('x')).length).toBeGreaterThan(64);
      expect(JSON.stringify(signer)).not.toContain('PRIVATE');
    }
  });

  it('removes a key, and one that is not there', async () => {
    const { home, open } = await homeWithKey();
    removeKeyFile('ca', home, WORLD);
    removeKeyFile('ca', home, WORLD);
    await expect(open()).rejects.toMatchObject({ code: 'DEVCA_KEYSTORE_KEY_MISSING', exitStatus: 1 });
  });

  it('refuses a key that others may read', async () => {
    const { open, path } = await homeWithKey();
    chmodSync(path, 0o640);
    await expect(open()).rejects.toMatchObject({
      code: 'DEVCA_KEYSTORE_KEY_UNSAFE',
      message: expect.stringContaining('mode is 0640'),
      hints: expect.arrayContaining([`run "chmod 600 ${path}" if the file is yours`]),
    });
  });

  it('refuses a key of another user', async () => {
    const { home } = await homeWithKey();
    const other = { ...WORLD, system: { ...WORLD.system, uid: 4711 } };
    await expect(openKey('file', RESTING, home, other)).rejects.toMatchObject({
      code: 'DEVCA_KEYSTORE_KEY_UNSAFE',
      message: expect.stringContaining('another user'),
    });
  });

  it('refuses a link and a folder', async () => {
    const { home, path } = await homeWithKey();
    symlinkSync(path, join(home, 'keys/link.pem'));
    mkdirSync(join(home, 'keys/folder.pem'));
    for (const id of ['link', 'folder'])
      expect(() => openKeyAtOnce('file', id, home, WORLD)).toThrow(
        expect.objectContaining({ code: 'DEVCA_KEYSTORE_KEY_UNSAFE' }),
      );
  });

  it.each([
    ['empty', ''],
    ['cut', exportPkcs8Pem(KEY).slice(0, 100)],
    ['no key', 'hello'],
    ['two keys', exportPkcs8Pem(KEY).repeat(2)],
    ['a key of another form', exportPkcs8Pem(KEY).replaceAll('PRIVATE KEY', 'ENCRYPTED PRIVATE KEY')],
    ['no structure', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'],
  ])('says that a key is damaged if it is %s, without quoting it', async (_what, text) => {
    const { open, path } = await homeWithKey();
    writeFileSync(path, text);
    const secret = exportPkcs8Pem(KEY).slice(30, 60);
    const error = await open().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'DEVCA_KEYSTORE_KEY_CORRUPT' });
    expect(JSON.stringify(error)).not.toContain(secret);
  });

  it('is one of three kinds', () => {
    expect(['file', 'passphrase', 'keychain', 'discard'].map(isKeyStoreKind)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });
});
