import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { chooseCertificates, dueTime, type RenewalChoice } from '../../../src/authority/due.ts';
import { type IssueRequest, issueCertificate } from '../../../src/authority/issue.ts';
import { issueMany } from '../../../src/authority/issue-many.ts';
import { changeInventory } from '../../../src/authority/recovery.ts';
import { type RenewalOptions, renewCertificates } from '../../../src/authority/renew.ts';
import { formatEncoder } from '../../../src/formats/format-encoder.ts';
import type { CertificateRecord } from '../../../src/inventory/certificates.ts';
import { type Inventory, inventoryPath, openInventory } from '../../../src/inventory/database.ts';
import { initialise } from '../../../src/lifecycle/init.ts';
import { protectKeys } from '../../../src/lifecycle/protect.ts';
import { parseJks } from '../../../src/pki/jks.ts';
import { exportPkcs8Pem, generateKey } from '../../../src/pki/key.ts';
import { parsePkcs12 } from '../../../src/pki/pkcs12.ts';
import type { World } from '../../../src/platform/world.ts';
import { discrepancies } from '../../support/delivery-lab.ts';
import { faultyFiles } from '../../support/faulty-files.ts';
import { scratchFolder, worldAt } from '../../support/scratch.ts';

const ISSUED = new Date('2026-11-24T12:00:00Z');
const DAY = 86_400_000;

/** A home with an authority, and a working folder beside it; its clock can be set. */
async function set() {
  const folder = scratchFolder();
  const [home, work] = [join(folder, 'home'), join(folder, 'work')];
  mkdirSync(work);
  const real = worldAt(ISSUED.toISOString());
  let now = ISSUED;
  const world: World = {
    ...real,
    clock: { ...real.clock, now: () => now },
    system: { ...real.system, workingFolder: work },
  };
  await initialise({}, home, world);
  const read = <T>(look: (inventory: Inventory) => T): T => {
    const inventory = openInventory(inventoryPath(home), world, { readOnly: true });
    try {
      return look(inventory);
    } finally {
      inventory.close();
    }
  };
  const choose = (choice: RenewalChoice, key: 'same' | 'new' = 'same') =>
    read((inventory) => chooseCertificates(choice, key, inventory, world));
  const choice = (what: string): RenewalChoice =>
    what === 'due' || what === 'all' ? { kind: what } : { kind: 'these', whats: [what] };
  return {
    home,
    work,
    world,
    read,
    choose: (what: string, key: 'same' | 'new' = 'same') => choose(choice(what), key),
    chooseWithin: (withinMs: number) => choose({ kind: 'due', withinMs }),
    at: (days: number) => {
      now = new Date(ISSUED.getTime() + days * DAY);
    },
    issue: (request: IssueRequest) => issueCertificate(request, { home }, world),
    renew: (what: string, options: Partial<RenewalOptions> = {}, changes: Partial<World> = {}) => {
      const { key = 'same' } = options;
      const { chosen } = choose(choice(what), key);
      return renewCertificates(chosen, { key, ...options }, home, { ...world, ...changes });
    },
    wrong: () =>
      changeInventory(home, world, (inventory, { problems }) => [
        ...problems.map(({ code }) => code),
        ...discrepancies(work, inventory).filter((each) => !each.includes(home)),
      ]),
  };
}

const certificateIn = (path = '') => new X509Certificate(readFileSync(path));
const keyFits = (cert = '', key = '') =>
  certificateIn(cert).checkPrivateKey(createPrivateKey(readFileSync(key)));

describe('what is due', () => {
  it('is what has a third of its life left, to the second', async () => {
    const { issue, choose, at } = await set();
    const due = dueTime(await issue({ names: ['api.test'], days: 31 })).getTime() - ISSUED.getTime();
    at((due - 1) / DAY);
    expect(choose('due').chosen).toEqual([]);
    at((due + 1) / DAY);
    expect(choose('due').chosen).toHaveLength(1);
  });

  it('comes first what ends first, ended ones too, and none that is replaced', async () => {
    const { issue, choose, at, renew, chooseWithin } = await set();
    await issue({ names: ['thirty.test'], days: 30 });
    await issue({ names: ['ninety.test'], days: 90 });
    const names = (records: readonly CertificateRecord[]) => records.flatMap((record) => record.names);
    expect(names(choose('due').chosen)).toEqual([]);
    expect(names(choose('all').chosen)).toEqual(['thirty.test', 'ninety.test']);
    expect(names(chooseWithin(40 * DAY).chosen)).toEqual(['thirty.test']);
    at(19);
    expect(names(choose('due').chosen)).toEqual([]);
    at(21);
    expect(names(choose('due').chosen)).toEqual(['thirty.test']);
    at(61);
    expect(names(choose('due').chosen)).toEqual(['thirty.test', 'ninety.test']);
    await renew('thirty.test');
    expect(names(choose('due').chosen)).toEqual(['ninety.test']);
  });

  it.each([
    [{ names: ['a.test', '127.0.0.1'] }, 'devca issue a.test 127.0.0.1'],
    [
      { names: ['Alice', 'a@example.com'], profile: 'client' },
      'devca issue --profile client alice a@example.com',
    ],
    [
      { names: ['orders', 'orders.test'], profile: 'service' },
      'devca issue --profile service orders orders.test',
    ],
    [
      { names: ['bob'], profile: 'client', trustDomain: 'team.test' },
      'devca issue --profile client --trust-domain team.test bob',
    ],
  ])('names the command that issues %j again where its files are gone', async (request, command) => {
    const { issue, choose, work, home } = await set();
    const { serialNumber } = await issue(request);
    for (const name of readdirSync(work)) rmSync(join(work, name));
    expect(() => choose(serialNumber)).toThrow(
      expect.objectContaining({
        hints: [`issue it anew, with "${command} --out ${work} --home ${home}"`],
      }),
    );
  });

  it('names the folder beside the link where files behind one are gone', async () => {
    const { issue, renew, choose, work } = await set();
    await issue({ names: ['api.test'], out: 'certs' });
    const { renewed } = await renew('api.test', { key: 'new', currentLink: true });
    rmSync(join(work, 'certs'), { recursive: true });
    expect(() => choose(renewed[0]?.serialNumber ?? '')).toThrow(
      expect.objectContaining({
        hints: [expect.stringContaining(`"devca issue api.test --out ${join(work, 'certs')} --home`)],
      }),
    );
  });

  it('has nothing to say of what never had a file', async () => {
    const { home, choose, at, world } = await set();
    const bulk = issueMany([{ names: ['bulk.test'], days: 30 }], { home }, world);
    for await (const _ of bulk);
    at(25);
    for (const what of ['due', 'all']) expect(choose(what)).toEqual({ chosen: [], gone: [] });
  });

  it('leaves alone what has no files any more', async () => {
    const { issue, choose, at, work } = await set();
    const { names } = await issue({ names: ['api.test'], days: 30 });
    at(25);
    for (const name of readdirSync(work)) rmSync(join(work, name));
    expect(choose('due')).toMatchObject({ chosen: [], gone: [{ names }] });
    expect(() => choose('api.test')).toThrow(
      expect.objectContaining({ code: 'DEVCA_RENEWAL_FILES_GONE', exitStatus: 1 }),
    );
  });
});

describe('what a name means when it is to be renewed', () => {
  it('is the certificate that is in use, also by its serial number and its file', async () => {
    const { issue, choose } = await set();
    const old = await issue({ names: ['api.test'] });
    await issue({ names: ['api.test'] });
    const issued = await issue({ names: ['api.test'] });
    for (const what of ['api.test', issued.serialNumber, issued.files['cert'] ?? ''])
      expect(choose(what).chosen).toMatchObject([{ serialNumber: issued.serialNumber }]);
    expect(() => choose(old.serialNumber)).toThrow(
      expect.objectContaining({
        code: 'DEVCA_RENEWAL_REPLACED',
        hints: [expect.stringContaining(issued.serialNumber)],
      }),
    );
  });

  it('has to be said where two are in use', async () => {
    const { issue, choose } = await set();
    const first = await issue({ names: ['api.test'], out: 'a' });
    const second = await issue({ names: ['api.test'], out: 'b' });
    expect(() => choose('api.test')).toThrow(
      expect.objectContaining({
        code: 'DEVCA_RENEWAL_AMBIGUOUS',
        context: { what: 'api.test', serials: [second.serialNumber, first.serialNumber] },
      }),
    );
  });

  it('is no authority, and nothing that the inventory does not know', async () => {
    const { choose, home } = await set();
    const { issue } = await set();
    const foreign = await issue({ names: ['api.test'] });
    expect(() => choose(join(home, 'ca/root.pem'))).toThrow(
      expect.objectContaining({ code: 'DEVCA_RENEWAL_AUTHORITY' }),
    );
    for (const what of ['nothing.test', foreign.files['cert'] ?? ''])
      expect(() => choose(what)).toThrow(expect.objectContaining({ code: 'DEVCA_INVENTORY_UNKNOWN' }));
  });

  it('may be revoked only where the key is new', async () => {
    const { issue, choose, home, world } = await set();
    const issued = await issue({ names: ['api.test'] });
    const { revokeCertificates } = await import('../../../src/authority/revoke.ts');
    await revokeCertificates(['api.test'], 'keyCompromise', { home }, world);
    expect(() => choose('api.test')).toThrow(
      expect.objectContaining({
        code: 'DEVCA_RENEWAL_REVOKED',
        hints: [`for one with a new key run "devca rekey ${issued.serialNumber}"`],
      }),
    );
    expect(choose('api.test', 'new').chosen).toMatchObject([{ serialNumber: issued.serialNumber }]);
    expect(choose('all', 'new').chosen).toEqual([]);
  });
});

describe('renewing', () => {
  it('keeps key, names, places and length of life, and replaces the old row', async () => {
    const { issue, renew, at, read, wrong } = await set();
    const old = await issue({ names: ['api.test', '127.0.0.1'], days: 30, withChain: true, withRoot: true });
    const keyBefore = statSync(old.files['key'] ?? '');
    at(25);
    const { renewed, failed, warnings } = await renew('due');
    expect({ failed, warnings }).toEqual({ failed: [], warnings: [] });
    const [issued] = renewed;
    expect(issued).toMatchObject({
      names: old.names,
      subject: old.subject,
      profile: 'server',
      replaced: [old.serialNumber],
      files: old.files,
    });
    expect(issued?.notAfter).toEqual(new Date(old.notAfter.getTime() + 25 * DAY));
    expect(statSync(old.files['key'] ?? '')).toMatchObject({
      ino: keyBefore.ino,
      mtimeMs: keyBefore.mtimeMs,
    });
    expect(keyFits(old.files['cert'], old.files['key'])).toBe(true);
    expect(certificateIn(old.files['cert']).serialNumber.toLowerCase()).toBe(issued?.serialNumber);
    expect(readFileSync(old.files['fullchain'] ?? '', 'utf8')).toContain(
      readFileSync(old.files['cert'] ?? '', 'utf8'),
    );
    expect(wrong()).toEqual([]);
    read((inventory) => {
      const [now, before] = inventory.certificates.byName('api.test');
      expect(before?.replacedBy).toBe(now?.id);
      expect(inventory.events.latest(1)).toMatchObject([
        { kind: 'certificate-renewed', details: { replaces: old.serialNumber } },
      ]);
    });
  });

  it('keeps the words by which a certificate is found, its subject and its distribution points', async () => {
    const { issue, renew, read } = await set();
    const crlUrls = ['http://crl.test/ca.crl'];
    const old = await issue({ names: ['alice'], profile: 'client', commonName: 'Alice Liddell', crlUrls });
    const { renewed } = await renew('alice');
    expect(renewed).toMatchObject([{ subject: old.subject, names: old.names, profile: 'client' }]);
    const infoAccess = certificateIn(renewed[0]?.files['cert']).toString();
    expect(infoAccess).toContain('BEGIN CERTIFICATE');
    expect(Buffer.from(certificateIn(renewed[0]?.files['cert']).raw).includes(crlUrls[0] ?? '')).toBe(true);
    expect(read((inventory) => inventory.certificates.byName('alice'))).toHaveLength(2);
  });

  it('makes every format anew and calls entries of stores as before', async () => {
    const { issue, renew, world, wrong } = await set();
    const password = 'secret1';
    const encode = formatEncoder(
      ['der', 'combined', 'p12', 'truststore', 'jks', 'jks-truststore', 'p7b', 'k8s', 'base64'],
      { password, alias: 'tls-entry', createdAt: world.clock.now(), random: world.random },
    );
    const old = await issue({ names: ['api.test'], encode });
    const { renewed, failed } = await renew('api.test', { password });
    expect(failed).toEqual([]);
    expect(renewed[0]?.files).toEqual(old.files);
    const file = (format: string) => readFileSync(old.files[format] ?? '');
    const der = file('der');
    expect(new X509Certificate(der).serialNumber.toLowerCase()).toBe(renewed[0]?.serialNumber);
    expect(parsePkcs12(file('p12'), password, 'p12').keys[0]?.friendlyName).toBe('tls-entry');
    expect(parsePkcs12(file('p12'), password, 'p12').certificates[0]?.der).toEqual(new Uint8Array(der));
    expect(parseJks(file('jks'), password, 'jks')[0]).toMatchObject({ alias: 'tls-entry' });
    expect(file('k8s').toString()).toContain('name: "tls-entry"');
    expect(file('combined').toString()).toContain(file('cert').toString());
    expect(wrong()).toEqual([]);
  });

  it.each(['same', 'new'] as const)('keeps the modes that files were given, with the %s key', async (key) => {
    const { issue, renew, world } = await set();
    const encode = formatEncoder(['combined'], { createdAt: ISSUED, random: world.random });
    const { files } = await issue({ names: ['api.test'], encode });
    const modeOf = (format: string) => statSync(files[format] ?? '').mode & 0o777;
    chmodSync(files['combined'] ?? '', 0o664);
    chmodSync(files['key'] ?? '', 0o640);
    chmodSync(files['cert'] ?? '', 0o600);
    expect((await renew('api.test', { key })).failed).toEqual([]);
    expect(['combined', 'key', 'cert', 'fullchain'].map(modeOf)).toEqual([0o644, 0o640, 0o600, 0o644]);
  });

  it.each(['p12', 'jks'] as const)(
    'writes a damaged %s anew with a new key, where it is told to',
    async (format) => {
      const { issue, renew, world } = await set();
      const password = 'secret1';
      const encode = formatEncoder([format], { password, createdAt: ISSUED, random: world.random });
      const { files } = await issue({ names: ['api.test'], encode, withoutPem: true });
      const path = files[format] ?? '';
      const damaged = readFileSync(path).subarray(0, 300);
      writeFileSync(path, damaged);
      const codes = async (options: Partial<RenewalOptions>) =>
        (await renew('api.test', { password, ...options })).failed.map(({ error }) => error.code);
      expect(await codes({ key: 'same', force: true })).toEqual(['DEVCA_RENEWAL_KEY']);
      expect(await codes({ key: 'new' })).toEqual(['DEVCA_DELIVERY_TARGET']);
      expect(readFileSync(path)).toEqual(damaged);
      expect(await codes({ key: 'new', force: true })).toEqual([]);
      expect(await codes({ key: 'same' })).toEqual([]);
    },
  );

  it('says of a life that is cut to that of its authority', async () => {
    const { issue, renew, at } = await set();
    await issue({ names: ['api.test'], days: 397 });
    expect((await renew('api.test')).warnings).toEqual([]);
    at(5 * 365 - 100);
    expect((await renew('api.test')).warnings).toEqual([
      expect.stringMatching(
        /^api\.test: the certificate ends on 2031-11-24T\S+, with its authority, instead of /,
      ),
    ]);
  });

  it('tries a passphrase that is wrong once, whatever the number of certificates', async () => {
    const { home, issue, renew, world } = await set();
    for (const name of ['a.test', 'b.test', 'c.test']) await issue({ names: [name] });
    const asked: string[] = [];
    const person = (text: string): World['person'] => ({
      passphrase: async ({ title }) => {
        asked.push(title);
        return { text, source: 'a test' };
      },
      tell: () => undefined,
    });
    await protectKeys({ keystore: 'passphrase' }, home, { ...world, person: person('correct horse') });
    asked.length = 0;
    const { failed } = await renew('all', {}, { person: person('another one') });
    expect(failed.map(({ error }) => error.code)).toEqual(Array(3).fill('DEVCA_PASSPHRASE_WRONG'));
    expect(asked).toHaveLength(1);
    expect((await renew('all', {}, { person: person('correct horse') })).renewed).toHaveLength(3);
  });

  it('says that it makes nothing of a file that has the name of a profile of devca', async () => {
    const { home, issue, renew } = await set();
    for (const name of ['api.test', 'web.test']) await issue({ names: [name] });
    mkdirSync(join(home, 'profiles'));
    writeFileSync(join(home, 'profiles/server.json'), '{}');
    const { failed, renewed, warnings } = await renew('all');
    expect({ failed, count: renewed.length }).toEqual({ failed: [], count: 2 });
    expect(warnings).toEqual([
      `"${join(home, 'profiles/server.json')}" is not used: the profile "server" comes with devca`,
    ]);
  });

  it('needs the password of stores, and the right one', async () => {
    const { issue, renew, world, wrong } = await set();
    const encode = formatEncoder(['p12'], { password: 'secret1', createdAt: ISSUED, random: world.random });
    await issue({ names: ['api.test'], encode, withoutPem: true });
    const codes = async (options: Partial<RenewalOptions>) =>
      (await renew('api.test', options)).failed.map(({ error }) => error.code);
    expect(await codes({})).toEqual(['DEVCA_RENEWAL_PASSWORD']);
    expect(await codes({ password: 'another' })).toEqual(['DEVCA_PASSWORD_WRONG']);
    expect(await codes({ password: 'secret1' })).toEqual([]);
    expect(wrong()).toEqual([]);
  });

  it.each(['combined', 'k8s', 'base64', 'der', 'p12', 'jks'] as const)(
    'reads the key back from %s alone',
    async (format) => {
      const { issue, renew, world, read } = await set();
      const password = 'secret1';
      const encode = formatEncoder([format], { password, createdAt: ISSUED, random: world.random });
      const { sha256 } = await issue({ names: ['api.test'], encode, withoutPem: true });
      const { renewed, failed } = await renew('api.test', { password });
      expect(failed).toEqual([]);
      expect(renewed[0]?.sha256).not.toBe(sha256);
      const [now, before] = read(({ certificates }) =>
        certificates.byName('api.test').map(({ id }) => certificates.der(id) ?? new Uint8Array()),
      ).map((der) => new X509Certificate(der).publicKey.export({ type: 'spki', format: 'pem' }));
      expect(now).toBe(before);
    },
  );

  it('writes a key file that is gone once more, from another file that has the key', async () => {
    const { issue, renew, world, wrong } = await set();
    const encode = formatEncoder(['combined'], { createdAt: ISSUED, random: world.random });
    const { files } = await issue({ names: ['api.test'], encode });
    const key = readFileSync(files['key'] ?? '', 'utf8');
    rmSync(files['key'] ?? '');
    expect((await renew('api.test')).failed).toEqual([]);
    expect(readFileSync(files['key'] ?? '', 'utf8')).toBe(key);
    expect(statSync(files['key'] ?? '').mode & 0o777).toBe(0o600);
    expect(wrong()).toEqual([]);
    writeFileSync(files['key'] ?? '', exportPkcs8Pem(generateKey('ec-p256')));
    expect((await renew('api.test')).failed).toMatchObject([{ error: { code: 'DEVCA_RENEWAL_KEY' } }]);
  });

  it('refuses where the key is gone or is another one, and leaves the old files', async () => {
    const { issue, renew, wrong } = await set();
    const { files } = await issue({ names: ['api.test'] });
    const other = await issue({ names: ['other.test'], out: 'other' });
    const before = readFileSync(files['cert'] ?? '');
    const key = readFileSync(files['key'] ?? '');
    const cases: [() => void, RegExp][] = [
      [() => writeFileSync(files['key'] ?? '', readFileSync(other.files['key'] ?? '')), /another key/],
      [() => writeFileSync(files['key'] ?? '', 'nothing'), /not the key any more/],
      [() => rmSync(files['key'] ?? ''), /is gone/],
    ];
    for (const [change, message] of cases) {
      change();
      const { failed, renewed } = await renew('api.test');
      expect(renewed).toEqual([]);
      expect(failed).toMatchObject([
        { error: { code: 'DEVCA_RENEWAL_KEY', message: expect.stringMatching(message) } },
      ]);
      expect(readFileSync(files['cert'] ?? '')).toEqual(before);
    }
    writeFileSync(files['key'] ?? '', key, { mode: 0o600 });
    chmodSync(files['key'] ?? '', 0o600);
    expect((await renew('api.test')).failed).toEqual([]);
    expect(wrong()).toEqual([]);
  });

  it('refuses to overwrite what was changed, unless it is to', async () => {
    const { issue, renew } = await set();
    const { files } = await issue({ names: ['api.test'] });
    writeFileSync(files['fullchain'] ?? '', 'mine');
    expect((await renew('api.test')).failed).toMatchObject([
      {
        error: {
          code: 'DEVCA_DELIVERY_TARGET',
          hints: ['move it away', 'or add "--force" to overwrite it'],
        },
      },
    ]);
    expect(readFileSync(files['fullchain'] ?? '', 'utf8')).toBe('mine');
    expect((await renew('api.test', { force: true })).failed).toEqual([]);
  });

  it('lets one that fails stop no other', async () => {
    const { issue, renew } = await set();
    const bad = await issue({ names: ['bad.test'], days: 10 });
    await issue({ names: ['good.test'], days: 20 });
    rmSync(bad.files['key'] ?? '');
    const { renewed, failed } = await renew('all');
    expect(renewed).toMatchObject([{ names: ['good.test'] }]);
    expect(failed).toMatchObject([{ record: { names: ['bad.test'] } }]);
  });

  it('passes over what another process has renewed meanwhile', async () => {
    const { issue, renew, choose, home, world } = await set();
    await issue({ names: ['api.test'] });
    const { chosen } = choose('all');
    await renew('all');
    const outcome = await renewCertificates(chosen, { key: 'same' }, home, world);
    expect(outcome).toMatchObject({ renewed: [], failed: [], passed: [{ names: ['api.test'] }] });
  });

  it('leaves the old files in place at whichever write the disk is full', async () => {
    const { issue, renew, work, wrong, world, read } = await set();
    const { files } = await issue({ names: ['api.test'] });
    const contents = () => Object.values(files).map((path) => readFileSync(path, 'utf8'));
    const before = contents();
    let failures = 0;
    for (let nth = 1; ; nth += 1) {
      const { files: faulty } = faultyFiles(world.files, nth, true);
      const { failed, renewed } = await renew('api.test', {}, { files: faulty });
      if (renewed.length > 0) break;
      failures += 1;
      expect(failed).toMatchObject([{ error: { code: expect.stringMatching(/DISK_FULL|INCOMPLETE/) } }]);
      if (failed[0]?.error.code !== 'DEVCA_DELIVERY_INCOMPLETE') expect(contents()).toEqual(before);
      expect(wrong()).toEqual([]);
      expect(keyFits(files['cert'], files['key'])).toBe(true);
      if (read((inventory) => inventory.certificates.byName('api.test')).length > 1) break;
    }
    expect(failures).toBeGreaterThan(2);
    expect(readdirSync(work)).toHaveLength(3);
  });
});

describe('rekeying', () => {
  it('makes a new key of the same kind, and says that two moves are two moments', async () => {
    const { issue, renew, wrong, read } = await set();
    const old = await issue({ names: ['api.test'], keyType: 'ec-p384' });
    const key = readFileSync(old.files['key'] ?? '', 'utf8');
    const { renewed, warnings } = await renew('api.test', { key: 'new' });
    expect(readFileSync(old.files['key'] ?? '', 'utf8')).not.toBe(key);
    expect(keyFits(old.files['cert'], old.files['key'])).toBe(true);
    expect(statSync(old.files['key'] ?? '').mode & 0o777).toBe(0o600);
    expect(warnings).toEqual([expect.stringContaining('--current-link')]);
    expect(renewed).toMatchObject([{ files: old.files, replaced: [old.serialNumber] }]);
    read((inventory) => {
      expect(inventory.certificates.byName('api.test')[0]).toMatchObject({ keyAlgorithm: 'ec-p384' });
      expect(inventory.events.latest(1)).toMatchObject([{ kind: 'certificate-rekeyed' }]);
    });
    expect(wrong()).toEqual([]);
  });

  it('needs no word about moments where one file has both', async () => {
    const { issue, renew, world } = await set();
    const encode = formatEncoder(['combined'], { createdAt: ISSUED, random: world.random });
    await issue({ names: ['api.test'], encode, withoutPem: true });
    const { warnings, failed } = await renew('api.test', { key: 'new', keyType: 'rsa-2048' });
    expect({ warnings, failed }).toEqual({ warnings: [], failed: [] });
  });

  it('switches all files in one move behind a link, and later renewals do too', async () => {
    const { issue, renew, wrong, work } = await set();
    const old = await issue({ names: ['api.test'] });
    const first = await renew('api.test', { key: 'new', currentLink: true });
    const link = join(work, 'api.test/current');
    const serial = first.renewed[0]?.serialNumber ?? '';
    expect(first.warnings).toEqual([]);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readlinkSync(link)).toBe(serial);
    expect(readdirSync(link).sort()).toEqual(
      readdirSync(work)
        .filter((name) => name.endsWith('.pem'))
        .sort(),
    );
    expect(first.renewed[0]?.files).toMatchObject({
      current: link,
      cert: join(work, 'api.test', serial, 'api.test.pem'),
    });
    expect(keyFits(join(link, 'api.test.pem'), join(link, 'api.test-key.pem'))).toBe(true);
    expect(existsSync(old.files['cert'] ?? '')).toBe(true);

    const second = await renew(serial);
    expect(readlinkSync(link)).toBe(second.renewed[0]?.serialNumber);
    expect(keyFits(join(link, 'api.test.pem'), join(link, 'api.test-key.pem'))).toBe(true);
    expect(readdirSync(dirname(link))).toContain(serial);
    const third = await renew('all', { key: 'new' });
    expect(third.failed).toEqual([]);
    // The one before stays for a server that is just reading it; what was before that goes.
    const folders = readdirSync(dirname(link)).filter((name) => name !== basename(link));
    expect(folders.sort()).toEqual(
      [second, third].map(({ renewed }) => renewed[0]?.serialNumber ?? '').sort(),
    );
    expect(wrong()).toEqual([]);
  });

  it('leaves the link as it was at whichever write the disk is full, or completes it later', async () => {
    const { issue, renew, wrong, work, world } = await set();
    await issue({ names: ['api.test'] });
    await renew('api.test', { key: 'new', currentLink: true });
    const link = join(work, 'api.test/current');
    const before = readlinkSync(link);
    for (let nth = 1; ; nth += 1) {
      const { files } = faultyFiles(world.files, nth, true);
      const { failed, renewed } = await renew('all', { key: 'new' }, { files });
      if (failed[0]?.error.code === 'DEVCA_FILE_DISK_FULL') expect(readlinkSync(link)).toBe(before);
      expect(wrong()).toEqual([]);
      expect(keyFits(join(link, 'api.test.pem'), join(link, 'api.test-key.pem'))).toBe(true);
      if (renewed.length > 0 || readlinkSync(link) !== before) break;
      expect(nth).toBeLessThan(40);
    }
    expect(readlinkSync(link)).not.toBe(before);
  });

  it('is not for a key that devca never had, which may be renewed', async () => {
    const { issue, renew } = await set();
    const { generateKey } = await import('../../../src/pki/key.ts');
    const { type, subjectPublicKeyInfo } = generateKey('ec-p256');
    const old = await issue({ names: ['api.test'], publicKey: { type, subjectPublicKeyInfo } });
    expect((await renew('api.test', { key: 'new' })).failed).toMatchObject([
      {
        error: { code: 'DEVCA_REKEY_REQUEST', hints: [expect.anything(), expect.stringContaining('renew')] },
      },
    ]);
    const { renewed } = await renew('api.test');
    expect(renewed).toMatchObject([{ files: old.files, replaced: [old.serialNumber] }]);
    const certificate = certificateIn(renewed[0]?.files['cert']);
    expect(certificate.publicKey.export({ type: 'spki', format: 'der' })).toEqual(
      Buffer.from(subjectPublicKeyInfo),
    );
  });
});

describe('subjects and lives of hours', () => {
  it('are issued as asked for, and renewed as they were', async () => {
    const { issue, renew, at } = await set();
    const old = await issue({
      names: ['127.0.0.1'],
      organization: 'Example',
      country: 'de',
      lifeMs: 12 * 3_600_000,
    });
    expect(old.subject).toBe('O=Example,C=DE');
    expect(old.notAfter.getTime() + 1000 - old.notBefore.getTime()).toBe(12 * 3_600_000);
    // With a subject that is not empty, the names are no critical extension (RFC 5280 section 4.2.1.6).
    expect(readFileSync(old.files['cert'] ?? '', 'utf8')).toContain('BEGIN');
    at(0.4);
    const { renewed } = await renew('due');
    expect(renewed).toMatchObject([{ subject: 'O=Example,C=DE', names: ['127.0.0.1'] }]);
    expect(renewed[0]?.notAfter.getTime()).toBe(old.notAfter.getTime() + 0.4 * DAY);
  });
});
