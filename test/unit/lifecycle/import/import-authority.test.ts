import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { renewCrls } from '../../../../src/authority/crl.ts';
import { chooseCertificates } from '../../../../src/authority/due.ts';
import { exportCertificate } from '../../../../src/authority/export-certificate.ts';
import { readHome } from '../../../../src/authority/home.ts';
import { issueCertificate } from '../../../../src/authority/issue.ts';
import { openAuthority } from '../../../../src/authority/open-authority.ts';
import { revokeCertificates } from '../../../../src/authority/revoke.ts';
import { importAuthority } from '../../../../src/lifecycle/import/import-authority.ts';
import type { ImportRequest } from '../../../../src/lifecycle/import/import-plan.ts';
import { initialise } from '../../../../src/lifecycle/init.ts';
import { parseCrl } from '../../../../src/pki/crl.ts';
import { exportPkcs8Pem } from '../../../../src/pki/key.ts';
import { OID } from '../../../../src/pki/oid.ts';
import { decodePem } from '../../../../src/pki/pem.ts';
import type { World } from '../../../../src/platform/world.ts';
import { verifyChain } from '../../../../src/validation/verify-chain.ts';
import { fakeKeychain } from '../../../support/fake-keychain.ts';
import {
  caddyFolder,
  easyRsaFolder,
  indexRow,
  mkcertFolder,
  mkcertRoot,
  pemOf,
  stepFolder,
  twoTier,
  write,
} from '../../../support/import-sources.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { daysFromNow, dns, extension, NOW, testAuthority, testServer } from '../../../support/test-pki.ts';
import { testWorld } from '../../../support/test-world.ts';

let user: string;
let home: string;
let world: World;

beforeEach(() => {
  user = scratchFolder();
  home = join(user, 'home');
  world = testWorld({ home: user, now: NOW });
});

const take = (request: ImportRequest) => importAuthority(request, home, world);
const issue = (name = 'api.test') =>
  issueCertificate({ names: [name], out: join(user, 'work') }, { home }, world);
const pemIn = (path: string) => decodePem(readFileSync(path, 'utf8'), path);
const lists = (folder = 'ca') => pemIn(join(home, folder, 'crl.pem')).map(({ der }) => parseCrl(der));

describe('an authority whose root issues', () => {
  it('has no intermediate: neither in its folder nor in what servers show', async () => {
    const root = mkcertRoot();
    mkcertFolder(join(user, 'ca'), root);
    const outcome = await take({ path: 'ca' });
    expect(outcome).toMatchObject({
      name: 'mkcert',
      generation: 1,
      isDefault: true,
      importedFrom: 'mkcert',
      intermediate: undefined,
      permitted: undefined,
      keystore: 'file',
      certificates: { taken: 0, revoked: 0 },
    });
    expect(readdirSync(join(home, 'ca')).sort()).toEqual(['crl.pem', 'root.pem', 'roots.pem']);
    expect(readFileSync(join(home, 'ca/root.pem'), 'utf8')).toBe(pemOf(root));
    expect(readdirSync(join(home, 'keys'))).toEqual(['mkcert-1-root.pem']);
    const { files } = await issue();
    const fullchain = pemIn(files['fullchain'] ?? '');
    expect(fullchain).toHaveLength(1);
    const verdict = await verifyChain({
      endEntity: fullchain[0]?.der ?? '',
      intermediates: [],
      trustAnchors: [root.der],
      at: NOW,
      purpose: 'server',
    });
    expect(verdict.problems).toEqual([]);
  });

  it('names what it revokes in the one list that it has', async () => {
    mkcertFolder(join(user, 'ca'));
    await take({ path: 'ca' });
    const { serialNumber } = await issue();
    const before = lists()[0]?.crlNumber ?? 0n;
    await revokeCertificates([serialNumber], 'superseded', { home }, world);
    const [list, ...others] = lists();
    expect(others).toEqual([]);
    expect(list?.revoked.map((entry) => entry.serialNumber)).toEqual([serialNumber]);
    expect(list?.crlNumber).toBeGreaterThan(before);
  });

  it('leaves its source as it was, and says so in the log of events', async () => {
    mkcertFolder(join(user, 'ca'));
    const contents = () =>
      readdirSync(join(user, 'ca')).map((name) => readFileSync(join(user, 'ca', name), 'utf8'));
    const before = contents();
    await take({ path: 'ca' });
    expect(contents()).toEqual(before);
    const [event] = readHome(home, world, (inventory) => inventory.events.latest(1));
    expect(event).toMatchObject({
      kind: 'authority-imported',
      details: { name: 'mkcert', from: 'mkcert', issuesFrom: 'root', certificates: 0, revoked: 0 },
    });
  });
});

describe('an authority with room for an intermediate', () => {
  it("gets one of devca's own below Caddy's root, and its certificates are listed", async () => {
    const tiers = twoTier({ notAfter: daysFromNow(6) });
    const leaf = testServer({ subject: 'x', issuer: tiers.intermediate, names: [dns('app.localhost')] });
    caddyFolder(join(user, 'caddy'), tiers, [leaf]);
    const outcome = await take({ path: 'caddy' });
    expect(outcome.intermediate?.commonName).toMatch(/^devca intermediate /);
    expect(outcome.rootKeystore).toBe('none');
    expect(outcome.certificates).toEqual({ taken: 1, revoked: 0 });
    expect(lists()).toHaveLength(2);
    expect(pemIn((await issue()).files['fullchain'] ?? '')).toHaveLength(2);
    const [record] = readHome(home, world, (inventory) => inventory.certificates.find('app.localhost'));
    expect(record).toMatchObject({ profile: 'imported', names: ['app.localhost'], keyAlgorithm: 'ec-p256' });
    // Caddy's own intermediate signed it, and its key stays with Caddy.
    expect((await refusalOf(revokeCertificates(['app.localhost'], 'superseded', { home }, world)))[0]).toBe(
      'DEVCA_REVOKE_IMPORTED',
    );
  });

  it("keeps step-ca's own intermediate", async () => {
    const tiers = twoTier();
    stepFolder(join(user, 'step'), tiers, { intermediate: exportPkcs8Pem(tiers.intermediate.key) });
    const outcome = await take({ path: 'step', name: 'work' });
    expect(readFileSync(outcome.intermediate?.file ?? '', 'utf8')).toBe(pemOf(tiers.intermediate));
    // Nobody can sign one of the root's.
    expect(lists().map(({ issuer }) => issuer.der)).toEqual([tiers.intermediate.certificate.subject.der]);
    expect((await issue()).authority).toBe('work');
  });

  it('keeps to the constraint that its certificates have', async () => {
    const root = testAuthority({ subject: 'r', extensions: [extension.nameConstraints([dns('corp.test')])] });
    write(join(user, 'both.pem'), pemOf(root) + exportPkcs8Pem(root.key));
    expect(await take({ path: 'both.pem' })).toMatchObject({ name: 'imported', permitted: ['corp.test'] });
    expect(await issue('a.corp.test')).toMatchObject({ names: ['a.corp.test'] });
    expect((await refusalOf(issue('api.test')))[0]).toBe('DEVCA_ISSUE_OUTSIDE_CONSTRAINT');
  });
});

describe('what was issued before', () => {
  const root = testAuthority({ subject: 'Easy-RSA CA' });
  const api = testServer({ subject: 'api', issuer: root });
  const bob = testServer({ subject: 'bob', issuer: root, without: [OID.subjectAltName] });
  const over = testServer({ subject: 'over', issuer: root, notAfter: daysFromNow(-1) });
  beforeEach(async () => {
    easyRsaFolder(join(user, 'vpn'), root, {
      index:
        indexRow('V', api) +
        indexRow('R', bob, '260601000000Z,keyCompromise') +
        indexRow('R', { ...bob, certificate: { ...bob.certificate, serialNumber: '0bad' } }, '260601000000Z'),
      issued: { api, over },
      revoked: { x: bob },
      crlNumber: 'ffffffffff',
    });
  });

  it('is in the inventory with what became of it', async () => {
    expect(await take({ path: 'vpn' })).toMatchObject({
      certificates: { taken: 3, revoked: 1 },
      rootKeystore: 'file',
    });
    readHome(home, world, ({ certificates, revocations }) => {
      const count = (status: 'valid' | 'revoked' | 'expired') =>
        certificates.count({ at: NOW, status, profile: 'imported' });
      expect([count('valid'), count('revoked'), count('expired')]).toEqual([1, 1, 1]);
      const [record] = certificates.find('bob');
      expect(revocations.byCertificate(record?.id ?? 0)).toMatchObject({
        reason: 'keyCompromise',
        at: new Date('2026-06-01T00:00:00Z'),
      });
    });
  });

  it("is revoked in the root's own list, whose number never goes back", async () => {
    await take({ path: 'vpn' });
    const [, first] = lists();
    expect(first?.crlNumber).toBe(0x10000000000n - 1n);
    expect(first?.revoked.map(({ serialNumber }) => serialNumber)).toEqual([
      '0bad',
      bob.certificate.serialNumber,
    ]);
    const { serialNumber: own } = await issue('new.test');
    await revokeCertificates(['api', own], 'cessationOfOperation', { home }, world);
    const [intermediates, roots] = lists();
    expect(intermediates?.revoked.map(({ serialNumber }) => serialNumber)).toEqual([own]);
    expect(roots?.revoked.map(({ serialNumber }) => serialNumber)).toEqual([
      '0bad',
      bob.certificate.serialNumber,
      api.certificate.serialNumber,
    ]);
    expect(roots?.crlNumber).toBe(0x10000000000n);
    await renewCrls({}, { home }, world);
    expect(lists()[1]?.revoked).toHaveLength(3);
  });

  it("cannot be revoked where the root's key was left behind", async () => {
    expect(await take({ path: 'vpn', rootKeystore: 'discard' })).toMatchObject({ rootKeystore: 'none' });
    expect((await refusalOf(revokeCertificates(['api'], 'superseded', { home }, world)))[0]).toBe(
      'DEVCA_REVOKE_IMPORTED',
    );
  });

  it('is not renewed, and exported only as far as devca has it', async () => {
    await take({ path: 'vpn' });
    const choose = (what: Parameters<typeof chooseCertificates>[0]) =>
      readHome(home, world, (inventory) => chooseCertificates(what, 'same', inventory, world));
    expect((await refusalOf((async () => choose({ kind: 'these', whats: ['api'] }))()))[0]).toBe(
      'DEVCA_IMPORT_NOT_HELD',
    );
    expect(choose({ kind: 'all' })).toEqual({ chosen: [], gone: [] });
    const request = { what: 'api', out: join(user, 'out') };
    expect((await refusalOf(exportCertificate({ ...request, withKey: true }, { home }, world)))[0]).toBe(
      'DEVCA_IMPORT_NOT_HELD',
    );
    const { files } = await exportCertificate({ ...request, withKey: false }, { home }, world);
    expect(pemIn(files['fullchain'] ?? '')).toHaveLength(1);
  });
});

it('rests in the keychain, and leaves nothing there where it fails', async () => {
  const keychain = fakeKeychain();
  world = { ...world, exec: keychain.exec };
  mkcertFolder(join(user, 'ca'));
  await take({ path: 'ca', keystore: 'keychain' });
  expect([...keychain.entries.keys()]).toEqual([expect.stringMatching(/^mkcert-1-root-/)]);
  expect(readFileSync(join(home, 'keys/mkcert-1-root.pem'), 'utf8')).not.toContain('BEGIN PRIVATE KEY');
  expect((await issue()).authority).toBe('mkcert');
  const other = join(user, 'other');
  mkdirSync(other, { mode: 0o777 });
  chmodSync(other, 0o777);
  const unsafe = importAuthority({ path: 'ca', keystore: 'keychain' }, other, world);
  expect((await refusalOf(unsafe))[0]).toBe('DEVCA_HOME_UNSAFE');
  expect(keychain.entries.size).toBe(1);
});

describe('an import is refused, and nothing is written', () => {
  it('where the authority is there already', async () => {
    mkcertFolder(join(user, 'ca'));
    await take({ path: 'ca' });
    expect(await refusalOf(take({ path: 'ca', name: 'again' }))).toEqual([
      'DEVCA_IMPORT_PRESENT',
      expect.objectContaining({
        name: 'mkcert',
        generation: 1,
        isRetired: false,
        homeFlag: ` --home ${home}`,
      }),
    ]);
  });

  it('where its name is taken, or is none', async () => {
    await initialise({ name: 'mkcert' }, home, world);
    mkcertFolder(join(user, 'ca'));
    expect(await refusalOf(take({ path: 'ca' }))).toEqual(['DEVCA_IMPORT_NAME', { name: 'mkcert' }]);
    expect((await refusalOf(take({ path: 'ca', name: 'No Name' })))[0]).toBe('DEVCA_AUTHORITY_NAME');
    const outcome = await take({ path: 'ca', name: 'mkcert-2' });
    expect(outcome).toMatchObject({ isDefault: false, root: { file: join(home, 'ca/mkcert-2/root.pem') } });
    expect(openAuthority(home, world).record.name).toBe('mkcert');
  });

  it('where clients would refuse what it issues', async () => {
    const root = testAuthority({ subject: 'r', extensions: [extension.extendedKeyUsage([OID.clientAuth])] });
    write(join(user, 'both.pem'), pemOf(root) + exportPkcs8Pem(root.key));
    expect((await refusalOf(take({ path: 'both.pem' })))[0]).toBe('DEVCA_IMPORT_UNFIT');
    expect(existsSync(home)).toBe(false);
  });

  it("where the root's key is given a place of its own, and the root issues", async () => {
    mkcertFolder(join(user, 'ca'));
    expect((await refusalOf(take({ path: 'ca', rootKeystore: 'file' })))[0]).toBe('DEVCA_USAGE_INVALID');
    expect(existsSync(home)).toBe(false);
  });
});
