import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openGenerations } from '../../../src/authority/generations.ts';
import { issueCertificate } from '../../../src/authority/issue.ts';
import { openAuthority, openSigner } from '../../../src/authority/open-authority.ts';
import { changeInventory } from '../../../src/authority/recovery.ts';
import { initialise } from '../../../src/lifecycle/init.ts';
import { protectKeys } from '../../../src/lifecycle/protect.ts';
import { rollAuthority } from '../../../src/lifecycle/roll.ts';
import { absentPerson, type Person } from '../../../src/platform/person.ts';
import { realWorld, type World } from '../../../src/platform/world.ts';
import { fakeKeychain } from '../../support/fake-keychain.ts';
import { faultyFiles } from '../../support/faulty-files.ts';
import { scratchFolder } from '../../support/scratch.ts';

const KINDS = ['file', 'passphrase', 'keychain'] as const;
const LABELS = {
  file: 'BEGIN PRIVATE KEY',
  passphrase: 'BEGIN ENCRYPTED PRIVATE KEY',
  keychain: 'BEGIN DEVCA WRAPPED KEY',
};

/** Gives the same passphrase for everything. */
const person = (text: string): Person => ({
  passphrase: async () => ({ text, source: 'a test' }),
  tell: () => undefined,
});

function labWorld(text = 'correct horse') {
  const keychain = fakeKeychain();
  const world: World = { ...realWorld(), exec: keychain.exec, person: person(text) };
  return { keychain, world, home: join(scratchFolder(), 'home') };
}

const keyFile = (home: string, which = 'intermediate') => join(home, `keys/default-1-${which}.pem`);
const certificates = (home: string) =>
  readdirSync(join(home, 'ca')).map((name) => readFileSync(join(home, 'ca', name), 'utf8'));

describe('the keys of an authority', () => {
  const pairs = KINDS.flatMap((from) => KINDS.map((to) => [from, to] as const));
  it.each(pairs)('move from %s to %s without a change to any certificate', async (from, to) => {
    const { world, home, keychain } = labWorld();
    await initialise({ keystore: from }, home, world);
    const before = certificates(home);
    const sealedBefore = readFileSync(keyFile(home), 'utf8');
    expect(sealedBefore).toContain(LABELS[from]);
    const { moved } = await protectKeys({ keystore: to }, home, world);
    expect(readFileSync(keyFile(home), 'utf8')).toContain(LABELS[to]);
    expect(statSync(keyFile(home)).mode & 0o777).toBe(0o600);
    expect(certificates(home)).toEqual(before);
    expect(openAuthority(home, world).record.intermediateKey.keystore).toBe(to);
    await issueCertificate({ names: ['a.test'], out: scratchFolder() }, { home }, world);
    expect(readdirSync(join(home, 'keys'))).toEqual(['default-1-intermediate.pem']);
    // One entry for a key that is in the keychain, none for what was there.
    expect(keychain.entries.size).toBe(to === 'keychain' ? 1 : 0);
    if (from === 'file' && to === 'file') expect(moved).toEqual([]);
    else {
      expect(moved).toEqual([{ generation: 1, from, file: keyFile(home) }]);
      expect(readFileSync(keyFile(home), 'utf8')).not.toBe(sealedBefore);
    }
  });

  it('move for the root alone where that is asked for', async () => {
    const { world, home } = labWorld();
    await initialise({ keystore: 'file', rootKeystore: 'passphrase' }, home, world);
    await protectKeys({ keystore: 'keychain', which: 'root' }, home, world);
    const { record } = openAuthority(home, world);
    expect([record.rootKey.keystore, record.intermediateKey.keystore]).toEqual(['keychain', 'file']);
    expect(
      (await openSigner(openAuthority(home, world), world, 'root')).sign(Buffer.of(1)).length,
    ).toBeGreaterThan(60);
  });

  it('cannot move where the root has none any more', async () => {
    const { world, home } = labWorld();
    await initialise({}, home, world);
    await expect(protectKeys({ keystore: 'keychain', which: 'root' }, home, world)).rejects.toMatchObject({
      code: 'DEVCA_KEYSTORE_DISCARDED',
    });
  });

  it('move for every live generation, and the next ones rest there too', async () => {
    const { world, home, keychain } = labWorld();
    await initialise({}, home, world);
    await rollAuthority({}, home, world);
    const { moved } = await protectKeys({ keystore: 'keychain' }, home, world);
    expect(moved.map(({ generation }) => generation)).toEqual([2, 1]);
    await rollAuthority({}, home, world);
    const generations = openGenerations(home, world);
    expect(generations.map(({ record }) => record.intermediateKey.keystore)).toEqual(
      Array(3).fill('keychain'),
    );
    expect(keychain.entries.size).toBe(3);
    for (const authority of generations) await openSigner(authority, world);
  });

  it('stay where they are if the new place does not open again', async () => {
    const { world, home, keychain } = labWorld();
    await initialise({}, home, world);
    const before = readFileSync(keyFile(home), 'utf8');
    keychain.instead = ({ operation }) => (operation === 'get' ? { value: null } : undefined);
    await expect(protectKeys({ keystore: 'keychain' }, home, world)).rejects.toMatchObject({
      code: 'DEVCA_KEYCHAIN_ENTRY_MISSING',
    });
    expect(readFileSync(keyFile(home), 'utf8')).toBe(before);
    expect(openAuthority(home, world).record.intermediateKey.keystore).toBe('file');
  });

  it('are not moved twice at once', async () => {
    const { world, home } = labWorld();
    await initialise({}, home, world);
    const slow = person('correct horse');
    const passphrase: Person['passphrase'] = async (request) => {
      await protectKeys({ keystore: 'keychain' }, home, world);
      return slow.passphrase(request);
    };
    const moving = protectKeys({ keystore: 'passphrase' }, home, {
      ...world,
      person: { ...slow, passphrase },
    });
    await expect(moving).rejects.toMatchObject({
      code: 'DEVCA_KEYSTORE_CHANGED',
      context: { name: 'default' },
    });
    expect(openAuthority(home, world).record.intermediateKey.keystore).toBe('keychain');
    await openSigner(openAuthority(home, world), world);
  });

  it('are not moved where the old passphrase is wrong, and nobody is asked for a new one', async () => {
    const { world, home } = labWorld();
    await initialise({ keystore: 'passphrase' }, home, world);
    const asked: string[] = [];
    const passphrase: Person['passphrase'] = async ({ purpose }) => {
      asked.push(purpose);
      return { text: 'wrong horse', source: 'a test' };
    };
    const moving = protectKeys({ keystore: 'passphrase' }, home, {
      ...world,
      person: { passphrase, tell: () => undefined },
    });
    await expect(moving).rejects.toMatchObject({ code: 'DEVCA_PASSPHRASE_WRONG' });
    expect(asked).toEqual(['open']);
  });

  it('are recorded where they went, without themselves', async () => {
    const { world, home } = labWorld();
    await initialise({}, home, world);
    await protectKeys({ keystore: 'passphrase' }, home, world);
    const events = changeInventory(home, world, (inventory) => inventory.events.latest(100));
    expect(JSON.stringify(events)).toContain('key-moved');
    expect(JSON.stringify(events)).not.toMatch(/PRIVATE|correct horse/);
  });
});

describe('a disk that is full', () => {
  it.each([
    ['passphrase', 'file'],
    ['file', 'keychain'],
  ] as const)(
    'at any step of a move from %s to %s leaves the key where it was or where it goes',
    async (from, to) => {
      let total = 1;
      for (let nth = 1; nth <= total; nth += 1) {
        const { world, home } = labWorld();
        await initialise({ keystore: from }, home, world);
        const faulty = faultyFiles(world.files, nth, true);
        if (nth === 1) {
          const counted = faultyFiles(world.files, Number.POSITIVE_INFINITY, false);
          const other = labWorld();
          await initialise({ keystore: from }, other.home, other.world);
          await protectKeys({ keystore: to }, other.home, { ...other.world, files: counted.files });
          total = counted.count();
        }
        await protectKeys({ keystore: to }, home, { ...world, files: faulty.files }).catch((error: unknown) =>
          expect(error).toMatchObject({
            code: expect.stringMatching(/^DEVCA_(FILE_DISK_FULL|DELIVERY_INCOMPLETE)$/),
          }),
        );
        // Whatever stands there: it opens, at the first try.
        await openSigner(openAuthority(home, world), world);
        await issueCertificate({ names: ['a.test'], out: scratchFolder() }, { home }, world);
        const { keystore } = openAuthority(home, world).record.intermediateKey;
        expect([from, to]).toContain(keystore);
        expect(readFileSync(keyFile(home), 'utf8')).toContain(LABELS[keystore as typeof from]);
        expect(readdirSync(join(home, 'keys'))).toEqual(['default-1-intermediate.pem']);
      }
      expect(total).toBeGreaterThan(2);
    },
  );
});

describe('an authority whose key somebody has to open', () => {
  it('refuses names before anybody is asked', async () => {
    const { world, home } = labWorld();
    await initialise({ keystore: 'passphrase' }, home, world);
    const nobody = { ...world, person: absentPerson(undefined) };
    const issue = (name: string) =>
      issueCertificate({ names: [name], out: scratchFolder() }, { home }, nobody);
    await expect(issue('www.google.com')).rejects.toMatchObject({ code: 'DEVCA_ISSUE_OUTSIDE_CONSTRAINT' });
    await expect(issue('a.test')).rejects.toMatchObject({ code: 'DEVCA_PASSPHRASE_MISSING' });
  });

  it('can be used by others while somebody is asked', async () => {
    const { world, home } = labWorld();
    await initialise({ keystore: 'passphrase' }, home, world);
    const passphrase: Person['passphrase'] = async () => {
      await issueCertificate({ names: ['b.test'], out: scratchFolder() }, { home }, world);
      return { text: 'correct horse', source: 'a test' };
    };
    const asking = { ...world, person: { passphrase, tell: () => undefined } };
    const { names } = await issueCertificate({ names: ['a.test'], out: scratchFolder() }, { home }, asking);
    expect(names).toEqual(['a.test']);
  });

  it('issues from the latest generation even if it was rolled over while somebody was asked', async () => {
    const { world, home } = labWorld();
    await initialise({ keystore: 'passphrase' }, home, world);
    let asked = 0;
    const passphrase: Person['passphrase'] = async () => {
      asked += 1;
      if (asked === 1) await rollAuthority({}, home, world);
      return { text: 'correct horse', source: 'a test' };
    };
    const asking = { ...world, person: { passphrase, tell: () => undefined } };
    await issueCertificate({ names: ['a.test'], out: scratchFolder() }, { home }, asking);
    expect(asked).toBe(2);
  });

  it('is made all or nothing, and asks nobody when it is there', async () => {
    const { world, home } = labWorld('short');
    await expect(initialise({ keystore: 'passphrase' }, home, world)).rejects.toMatchObject({
      code: 'DEVCA_PASSPHRASE_UNUSABLE',
    });
    expect(existsSync(join(home, 'devca.db'))).toBe(false);
    await initialise({ keystore: 'passphrase', rootKeystore: 'passphrase' }, home, {
      ...world,
      person: person('correct horse'),
    });
    const again = await initialise({ keystore: 'passphrase' }, home, {
      ...world,
      person: absentPerson(undefined),
    });
    expect([again.created, again.keystore, again.rootKeystore]).toEqual([false, 'passphrase', 'passphrase']);
    await expect(initialise({ keystore: 'keychain' }, home, world)).rejects.toMatchObject({
      code: 'DEVCA_AUTHORITY_DIFFERENT',
      message: expect.stringContaining('its key store is "passphrase", not "keychain"'),
      hints: expect.arrayContaining([
        `to move its key run "devca ca protect --keystore keychain --home ${home}"`,
      ]),
    });
  });

  it('leaves nothing in the keychain when it could not be made', async () => {
    const { world, home, keychain } = labWorld('short');
    const making = initialise({ keystore: 'keychain', rootKeystore: 'passphrase' }, home, world);
    await expect(making).rejects.toMatchObject({ code: 'DEVCA_PASSPHRASE_UNUSABLE' });
    expect(keychain.entries.size).toBe(0);
  });

  it('does not take a file that was put in the place of its key', async () => {
    const { world, home } = labWorld();
    await initialise({ keystore: 'passphrase' }, home, world);
    const other = labWorld();
    await initialise({}, other.home, other.world);
    writeFileSync(keyFile(home), readFileSync(keyFile(other.home)));
    chmodSync(keyFile(home), 0o600);
    await expect(openSigner(openAuthority(home, world), world)).rejects.toMatchObject({
      code: 'DEVCA_KEYSTORE_KEY_CORRUPT',
      message: expect.stringContaining('"PRIVATE KEY"'),
    });
  });
});
