import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openKey, openKeyAtOnce, prepareKey } from '../../../src/keystore/open-key-store.ts';
import { exportPkcs8, exportPkcs8Pem, generateKey } from '../../../src/pki/key.ts';
import { absentPerson } from '../../../src/platform/person.ts';
import { realWorld } from '../../../src/platform/world.ts';
import { scratchFolder } from '../../support/scratch.ts';

const KEY = generateKey('ec-p256');
const RESTING = { id: 'ca', check: undefined, title: 'the key of "x"' };

/** The real world, with a person who has given this passphrase. */
const worldWith = (text: string | undefined) => ({
  ...realWorld(),
  person: absentPerson(text === undefined ? undefined : { text, source: 'a test' }),
});

async function homeWithKey(passphrase = 'correct horse') {
  const home = scratchFolder();
  const world = worldWith(passphrase);
  mkdirSync(join(home, 'keys'), { mode: 0o700 });
  const sealer = await prepareKey('passphrase', { ...RESTING, purpose: 'set' }, home, world);
  const { file } = sealer.seal(KEY);
  await sealer.discard();
  world.files.createExclusive(file.path, file.bytes, file.mode);
  const open = (text: string | undefined) => openKey('passphrase', RESTING, home, worldWith(text));
  return { home, path: file.path, text: Buffer.from(file.bytes).toString('latin1'), open };
}

const prepare = (text: string | undefined) =>
  prepareKey('passphrase', { ...RESTING, purpose: 'set' }, scratchFolder(), worldWith(text));

describe('the passphrase key store', () => {
  it('rests a key in an encrypted file, and signs with it once it has the passphrase', async () => {
    const { home, text, open } = await homeWithKey();
    expect(text).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    const signer = await open('correct horse');
    expect(Buffer.from(signer.subjectPublicKeyInfo)).toEqual(Buffer.from(KEY.subjectPublicKeyInfo));
    expect(openKeyAtOnce('passphrase', 'ca', home, worldWith('correct horse'))).toBeUndefined();
  });

  it('says that a passphrase is wrong, quoting neither it nor the key', async () => {
    const { open, path } = await homeWithKey();
    const error = await open('battery staple').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'DEVCA_PASSPHRASE_WRONG',
      context: { path, source: 'a test' },
      exitStatus: 1,
    });
    const shown = `${JSON.stringify(error)} ${String(error)}`;
    expect(shown).not.toContain('battery');
    expect(shown).not.toContain(Buffer.from(exportPkcs8(KEY)).toString('base64').slice(40, 60));
  });

  it('says that there is no passphrase, and how to give one', async () => {
    const { open } = await homeWithKey();
    const missing = {
      code: 'DEVCA_PASSPHRASE_MISSING',
      message: 'the key of "x" needs a passphrase, and there is no terminal to ask for it',
      hints: [expect.stringContaining('--passphrase-file')],
    };
    await expect(open(undefined)).rejects.toMatchObject(missing);
    await expect(prepare(undefined)).rejects.toMatchObject(missing);
  });

  it.each([
    ['', 'it is empty'],
    ['1234567', 'it has fewer than 8 characters'],
    ['鍵鍵鍵', 'it has fewer than 8 characters'],
    ['x'.repeat(1025), 'it has more than 1024 characters'],
    ['correct\0horse', 'it has control characters in it'],
    ['correct\thorse', 'it has control characters in it'],
  ])('does not protect a key with %j', async (text, reason) => {
    await expect(prepare(text)).rejects.toMatchObject({
      code: 'DEVCA_PASSPHRASE_UNUSABLE',
      context: { source: 'a test', reason },
      exitStatus: 2,
    });
  });

  it('does not try an empty passphrase', async () => {
    const { open } = await homeWithKey();
    await expect(open('')).rejects.toMatchObject({ code: 'DEVCA_PASSPHRASE_UNUSABLE' });
  });

  it.each([
    ['is another kind of key', exportPkcs8Pem(KEY)],
    ['is cut', '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIHs\n-----END ENCRYPTED PRIVATE KEY-----\n'],
    ['has no key', 'hello'],
  ])('says that a file is damaged that %s', async (_what, text) => {
    const { open, path } = await homeWithKey();
    writeFileSync(path, text);
    await expect(open('correct horse')).rejects.toMatchObject({ code: 'DEVCA_KEYSTORE_KEY_CORRUPT' });
  });

  it('asks nobody where others may read the file', async () => {
    const { open, path } = await homeWithKey();
    chmodSync(path, 0o644);
    await expect(open(undefined)).rejects.toMatchObject({ code: 'DEVCA_KEYSTORE_KEY_UNSAFE' });
  });
});
