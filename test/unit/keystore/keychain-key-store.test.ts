import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { RestingKey, SealedKey } from '../../../src/keystore/key-store.ts';
import type { KeychainAnswer } from '../../../src/keystore/keychain-process.ts';
import { keyRemainder, openKey, prepareDefault, prepareKey } from '../../../src/keystore/open-key-store.ts';
import { encodeInteger, encodeOctetString, encodeSequence } from '../../../src/pki/der-writer.ts';
import { exportPkcs8, generateKey } from '../../../src/pki/key.ts';
import { decodePem, encodePem } from '../../../src/pki/pem.ts';
import { type FakeKeychain, fakeKeychain } from '../../support/fake-keychain.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

const KEY = generateKey('rsa-2048');
const REQUEST = { id: 'ca-1-root', title: 'the key', purpose: 'set' } as const;

function worldOf(keychain: FakeKeychain, environment: Record<string, string> = {}, answers?: string[]) {
  const home = scratchFolder();
  const base = testWorld({ home, environment, ...(answers === undefined ? {} : { answers }) });
  return { ...base, exec: keychain.exec };
}

/** A home whose key rests in a fake keychain. */
async function homeWithKey(keychain = fakeKeychain()) {
  const home = scratchFolder();
  const world = worldOf(keychain);
  mkdirSync(join(home, 'keys'), { mode: 0o700 });
  const sealer = await prepareKey('keychain', REQUEST, home, world);
  const sealed: SealedKey = sealer.seal(KEY);
  world.files.createExclusive(sealed.file.path, sealed.file.bytes, sealed.file.mode);
  const resting: RestingKey = { id: REQUEST.id, check: sealed.check, title: 'the key' };
  const open = (key = resting) => openKey('keychain', key, home, world);
  const [entry = ''] = [...keychain.entries.keys()];
  return { keychain, home, world, sealer, sealed, path: sealed.file.path, resting, open, entry };
}

describe('the keychain key store', () => {
  it('rests a key wrapped on the disk, and the key to that in the keychain', async () => {
    const { keychain, sealed, open, entry } = await homeWithKey();
    expect(keychain.entries.size).toBe(1);
    expect(entry).toMatch(/^ca-1-root-[0-9a-f]{16}$/);
    expect(Buffer.from(keychain.entries.get(entry) ?? '', 'base64')).toHaveLength(32);
    const [block] = decodePem(Buffer.from(sealed.file.bytes).toString('latin1'), 'k');
    expect(block?.label).toBe('DEVCA WRAPPED KEY');
    expect(Buffer.from(block?.der ?? []).indexOf(Buffer.from(exportPkcs8(KEY)).subarray(50, 70))).toBe(-1);
    const signer = await open();
    expect(Buffer.from(signer.subjectPublicKeyInfo)).toEqual(Buffer.from(KEY.subjectPublicKeyInfo));
    expect(keychain.asked.map((line) => line.split(' ')[0])).toEqual(['set', 'get']);
  });

  it('knows its entry again by a value that does not give it away', async () => {
    const { keychain, sealed, entry } = await homeWithKey();
    expect(sealed.check).toMatch(/^[0-9a-f]{64}$/);
    expect(sealed.check).not.toContain(
      Buffer.from(keychain.entries.get(entry) ?? '', 'base64').toString('hex'),
    );
  });

  it('does not make a new entry where the old one is not found', async () => {
    const { keychain, open, path, entry } = await homeWithKey();
    keychain.entries.clear();
    await expect(open()).rejects.toMatchObject({
      code: 'DEVCA_KEYCHAIN_ENTRY_MISSING',
      context: { entry, path },
      exitStatus: 1,
    });
    expect(keychain.entries.size).toBe(0);
  });

  it.each([
    ['another key', Buffer.alloc(32, 7).toString('base64')],
    ['a shorter one', Buffer.alloc(16, 7).toString('base64')],
    ['something else', 'hunter2'],
    ['nothing', ''],
  ])('says that the entry was changed where it is %s, without quoting it', async (_what, value) => {
    const { keychain, open, entry } = await homeWithKey();
    keychain.entries.set(entry, value);
    const error = await open().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'DEVCA_KEYCHAIN_ENTRY_CHANGED' });
    if (value !== '') expect(JSON.stringify(error)).not.toContain(value);
  });

  it('tells a damaged file from a changed entry', async () => {
    const { open, path } = await homeWithKey();
    const [block] = decodePem(readFileSync(path, 'latin1'), path);
    const der = Buffer.from(block?.der ?? []);
    der[der.length - 20] = (der[der.length - 20] ?? 0) ^ 1;
    writeFileSync(path, encodePem('DEVCA WRAPPED KEY', der));
    await expect(open()).rejects.toMatchObject({
      code: 'DEVCA_KEYSTORE_KEY_CORRUPT',
      message: expect.stringContaining('so it was changed'),
    });
  });

  it('opens a file only under the id that it was made for', async () => {
    const { open, path, resting } = await homeWithKey();
    renameSync(path, path.replace('ca-1-root', 'other-1-root'));
    await expect(open({ ...resting, id: 'other-1-root' })).rejects.toMatchObject({
      code: 'DEVCA_KEYSTORE_KEY_CORRUPT',
    });
  });

  const parts = [Buffer.from('entry'), Buffer.alloc(12), Buffer.alloc(40)].map(encodeOctetString);
  it.each([
    ['of a later version', encodeSequence(encodeInteger(2), ...parts)],
    [
      'with a strange entry',
      encodeSequence(encodeInteger(1), encodeOctetString(Buffer.from('../x')), ...parts.slice(1)),
    ],
    [
      'with too little in it',
      encodeSequence(encodeInteger(1), ...parts.slice(0, 2), encodeOctetString(Buffer.alloc(5))),
    ],
    [
      'that goes on after its end',
      Buffer.concat([encodeSequence(encodeInteger(1), ...parts), Buffer.of(5, 0)]),
    ],
  ])('says that a file is damaged %s, and asks no keychain', async (_what, der) => {
    const { keychain, open, path } = await homeWithKey();
    writeFileSync(path, encodePem('DEVCA WRAPPED KEY', der));
    await expect(open()).rejects.toMatchObject({ code: 'DEVCA_KEYSTORE_KEY_CORRUPT' });
    expect(keychain.asked).toHaveLength(1);
  });

  it('asks no keychain for a key whose file is gone', async () => {
    const { keychain, open, path } = await homeWithKey();
    rmSync(path);
    await expect(open()).rejects.toMatchObject({ code: 'DEVCA_KEYSTORE_KEY_MISSING' });
    expect(keychain.asked).toHaveLength(1);
  });

  it('takes an entry back unless a key was sealed with it', async () => {
    const { keychain, sealer, home, world } = await homeWithKey();
    await sealer.discard();
    expect(keychain.entries.size).toBe(1);
    const unused = await prepareKey('keychain', REQUEST, home, world);
    expect(keychain.entries.size).toBe(2);
    await unused.discard();
    expect(keychain.entries.size).toBe(1);
  });

  it('removes its entry when the key has gone elsewhere', async () => {
    const { keychain, home, world, path } = await homeWithKey();
    const remove = await keyRemainder('keychain', REQUEST.id, home, world);
    rmSync(path);
    keychain.instead = () => ({ problem: 'locked', detail: 'x' });
    await remove();
    keychain.instead = undefined;
    await remove();
    expect(keychain.entries.size).toBe(0);
    await (await keyRemainder('keychain', REQUEST.id, home, world))();
    await (await keyRemainder('file', REQUEST.id, home, world))();
  });
});

describe('a keychain that does not do its work', () => {
  const cases: [string, KeychainAnswer | string, string][] = [
    ['is not there', { problem: 'unavailable', detail: 'no D-Bus' }, 'DEVCA_KEYCHAIN_UNAVAILABLE'],
    ['is locked', { problem: 'locked', detail: 'locked collection' }, 'DEVCA_KEYCHAIN_LOCKED'],
    ['hangs', { problem: 'silent', detail: '' }, 'DEVCA_KEYCHAIN_SILENT'],
    ['crashes', 'Segmentation fault', 'DEVCA_KEYCHAIN_UNAVAILABLE'],
    ['does not even start', 'hangs', 'DEVCA_KEYCHAIN_SILENT'],
    ['gives back something else', { value: 'x' }, 'DEVCA_KEYCHAIN_UNAVAILABLE'],
    ['forgets', { value: null }, 'DEVCA_KEYCHAIN_UNAVAILABLE'],
  ];
  it.each(cases)('because it %s, takes no key', async (_what, answer, code) => {
    const keychain = fakeKeychain();
    keychain.instead = () => answer;
    const prepared = prepareKey('keychain', REQUEST, scratchFolder(), worldOf(keychain));
    await expect(prepared).rejects.toMatchObject({ code });
  });

  it.each(cases.slice(0, 5))('because it %s, opens no key', async (_what, answer, code) => {
    const { keychain, open } = await homeWithKey();
    keychain.instead = () => answer;
    await expect(open()).rejects.toMatchObject({ code, exitStatus: 5 });
  });
});

describe('the default place of a key', () => {
  const place = (keychain: FakeKeychain, environment: Record<string, string>, answers?: string[]) =>
    prepareDefault(REQUEST, scratchFolder(), worldOf(keychain, environment, answers));

  it.each([
    ['a terminal', {}, []],
    ['a display', { DISPLAY: ':0' }, undefined],
    ['a display of the newer kind', { WAYLAND_DISPLAY: 'wayland-0' }, undefined],
  ])(
    'is the keychain where there is %s, and it answers within a second',
    async (_what, environment, answers) => {
      const keychain = fakeKeychain();
      const { sealer, whyFile } = await place(keychain, environment as Record<string, string>, answers);
      expect([sealer.kind, whyFile]).toEqual(['keychain', undefined]);
      expect(Number(keychain.asked[0]?.split(' ')[2])).toBeLessThan(1000);
    },
  );

  it('is a file where nobody is there, and no keychain is asked', async () => {
    const keychain = fakeKeychain();
    const { sealer, whyFile } = await place(keychain, { DISPLAY: '' });
    expect([sealer.kind, whyFile]).toEqual(['file', 'there is no terminal or display']);
    expect(keychain.asked).toEqual([]);
  });

  it('is a file where no keychain answers, and says why', async () => {
    const keychain = fakeKeychain();
    keychain.instead = () => ({ problem: 'silent', detail: '' });
    const { sealer, whyFile } = await place(keychain, {}, []);
    expect([sealer.kind, whyFile]).toEqual(['file', expect.stringContaining('not answered within 900 ms')]);
  });
});

describe('a keychain that waits for somebody', () => {
  it('is given a minute where there is a screen and a terminal, and that is said', async () => {
    const keychain = fakeKeychain();
    const told: string[] = [];
    const world = {
      ...worldOf(keychain, { DISPLAY: ':0' }, []),
      person: { passphrase: async () => undefined, tell: (text: string) => void told.push(text) },
      exec: {
        ...keychain.exec,
        run: async (...call: Parameters<typeof keychain.exec.run>) => {
          await new Promise((resolve) => setTimeout(resolve, 1000));
          return keychain.exec.run(...call);
        },
      },
    };
    await prepareKey('keychain', REQUEST, scratchFolder(), world);
    expect(keychain.asked).toEqual([expect.stringMatching(/^set .* 60000$/)]);
    expect(told).toEqual(['waiting for the keychain to be unlocked']);
  });
});
