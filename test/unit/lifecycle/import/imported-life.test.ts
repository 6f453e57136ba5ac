import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { readHome } from '../../../../src/authority/home.ts';
import { issueCertificate } from '../../../../src/authority/issue.ts';
import { listAuthorities } from '../../../../src/authority/list-authorities.ts';
import { renewCertificates } from '../../../../src/authority/renew.ts';
import { createAuthority, importAuthority as importToLibrary, openAuthority } from '../../../../src/index.ts';
import { backUpHome } from '../../../../src/lifecycle/backup.ts';
import { destroy } from '../../../../src/lifecycle/destroy.ts';
import { examine } from '../../../../src/lifecycle/doctor.ts';
import { importAuthority } from '../../../../src/lifecycle/import/import-authority.ts';
import { initialise } from '../../../../src/lifecycle/init.ts';
import { protectKeys } from '../../../../src/lifecycle/protect.ts';
import { restoreHome } from '../../../../src/lifecycle/restore.ts';
import { retireAuthority } from '../../../../src/lifecycle/retire.ts';
import { rollAuthority } from '../../../../src/lifecycle/roll.ts';
import { decodePem } from '../../../../src/pki/pem.ts';
import type { World } from '../../../../src/platform/world.ts';
import { mkcertFolder, mkcertRoot, pemOf } from '../../../support/import-sources.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { daysFromNow, NOW, type TestCertificate } from '../../../support/test-pki.ts';
import { testWorld } from '../../../support/test-world.ts';

const noTrust = true;

let user: string;
let home: string;
let world: World;
let root: TestCertificate;

beforeEach(async () => {
  user = scratchFolder();
  home = join(user, 'home');
  world = testWorld({ home: user, now: NOW, passphrase: 'correct horse battery' });
  root = mkcertRoot({ notAfter: daysFromNow(3000) });
  mkcertFolder(join(user, 'ca'), root);
  await importAuthority({ path: 'ca' }, home, world);
});

const issue = (name: string, at = home) =>
  issueCertificate({ names: [name], out: join(user, 'work') }, { home: at }, world);
const certificatesIn = (path = '') => decodePem(readFileSync(path, 'utf8'), path);

/** All that devca does with an authority, for one whose root issues itself. */
describe('an imported authority whose root issues', () => {
  it('renews and rekeys', async () => {
    const { sha256, files } = await issue('api.test');
    for (const key of ['same', 'new'] as const) {
      const [record] = readHome(home, world, (inventory) => inventory.certificates.find('api.test', 1));
      if (record === undefined) throw new Error('it is gone');
      const { renewed, failed } = await renewCertificates([record], { key }, home, world);
      expect(failed).toEqual([]);
      expect(renewed[0]?.sha256).not.toBe(sha256);
      expect(certificatesIn(files['fullchain'])).toHaveLength(1);
    }
  });

  it('gives a certificate that was cut to its own end a whole life again', async () => {
    const near = testWorld({ home: user, now: daysFromNow(2900) });
    await issueCertificate({ names: ['late.test'], out: join(user, 'work') }, { home }, near);
    const [record] = readHome(home, near, (inventory) => inventory.certificates.find('late.test', 1));
    expect(record?.notAfter).toEqual(root.certificate.notAfter);
    await rollAuthority({}, home, near);
    const { renewed } = await renewCertificates(
      record === undefined ? [] : [record],
      { key: 'same' },
      home,
      near,
    );
    const life = (renewed[0]?.notAfter.getTime() ?? 0) - (renewed[0]?.notBefore.getTime() ?? 0);
    expect(Math.round(life / 86_400_000)).toBe(397);
  });

  it('moves its key to a passphrase and back', async () => {
    expect(await protectKeys({ keystore: 'passphrase' }, home, world)).toMatchObject({
      which: 'root',
      moved: [{ generation: 1, from: 'file' }],
    });
    expect(readFileSync(join(home, 'keys/mkcert-1-root.pem'), 'utf8')).toContain('ENCRYPTED');
    expect((await issue('api.test')).authority).toBe('mkcert');
    expect(await protectKeys({ keystore: 'file', which: 'root' }, home, world)).toMatchObject({
      moved: [{ from: 'passphrase' }],
    });
  });

  it('is what init finds, and says what it is', async () => {
    const again = await initialise({}, home, world);
    expect(again).toMatchObject({
      created: false,
      name: 'mkcert',
      intermediate: undefined,
      keystore: 'file',
    });
    expect((await refusalOf(initialise({ keystore: 'passphrase' }, home, world)))[0]).toBe(
      'DEVCA_AUTHORITY_DIFFERENT',
    );
    const [listed] = readHome(home, world, (inventory) => listAuthorities(inventory, home, world));
    expect(listed?.generations).toMatchObject([
      { importedFrom: 'mkcert', intermediate: undefined, keystore: 'file', keyType: 'ec-p256' },
    ]);
  });

  it('has nothing that doctor objects to, but for files that are gone', async () => {
    await issue('api.test');
    const look = async () =>
      (await examine({ expiringMs: 0, noTrust }, home, world)).findings.map(({ id }) => id);
    expect(await look()).toEqual([]);
    writeFileSync(join(home, 'ca/root.pem'), 'x');
    expect(await look()).toEqual(['file-changed']);
  });

  it('rolls over to an authority as devca makes them, with the constraint of a new one', async () => {
    await issue('api.test');
    const outcome = await rollAuthority({}, home, world);
    expect(outcome).toMatchObject({
      generation: 2,
      importedFrom: undefined,
      rootKeystore: 'discard',
      permitted: expect.arrayContaining(['localhost', 'test']),
      previous: { generation: 1, live: 1 },
    });
    expect(readFileSync(join(home, 'ca/root-1.pem'), 'utf8')).toBe(pemOf(root));
    expect(certificatesIn(join(home, 'ca/roots.pem'))).toHaveLength(2);
    expect(certificatesIn(join(home, 'ca/crl.pem'))).toHaveLength(3);
    expect(certificatesIn((await issue('b.test')).files['fullchain'])).toHaveLength(2);
    await retireAuthority({ noTrust, force: true }, home, world);
    expect(readdirSync(join(home, 'keys'))).toEqual(['mkcert-2-intermediate.pem']);
    expect(existsSync(join(user, 'ca/rootCA-key.pem'))).toBe(true);
    expect(await refusalOf(importAuthority({ path: 'ca' }, home, world))).toEqual([
      'DEVCA_IMPORT_PRESENT',
      expect.objectContaining({ isRetired: true }),
    ]);
  });

  it('makes no bridge, since none may stand below its root', async () => {
    expect(await refusalOf(rollAuthority({ bridge: true }, home, world))).toEqual([
      'DEVCA_ROLLOVER_BRIDGE',
      { name: 'mkcert', reason: 'which may have no intermediate below it' },
    ]);
  });

  it('goes into a backup and comes out of it', async () => {
    const file = join(user, 'backup');
    expect(await backUpHome(file, home, world)).toMatchObject({ authorities: ['mkcert'], keys: 1 });
    const other = join(user, 'other');
    await restoreHome(file, other, world);
    expect(readdirSync(join(other, 'ca')).sort()).toEqual(['crl.pem', 'root.pem', 'roots.pem']);
    expect((await issue('c.test', other)).authority).toBe('mkcert');
  });

  it('is destroyed without a trace, but for its source', async () => {
    expect(await destroy({ noTrust }, home, world)).toMatchObject({ destroyed: true, left: [] });
    expect(existsSync(home)).toBe(false);
    expect(existsSync(join(user, 'ca/rootCA-key.pem'))).toBe(true);
  });
});

describe('the library', () => {
  it('imports too, and opens what was imported', async () => {
    const at = { home: join(user, 'library') };
    const authority = await importToLibrary({ ...at, path: join(user, 'ca') }, world);
    expect(authority).toMatchObject({ name: 'mkcert', rootPem: pemOf(root), intermediatePem: '' });
    const opened = await openAuthority(at, world);
    expect((await opened.issue(['api.test'], { out: join(user, 'work') })).authority).toBe('mkcert');
    expect((await createAuthority(at, world)).name).toBe('mkcert');
  });
});
