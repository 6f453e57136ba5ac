import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { renewCrls } from '../../../../src/authority/crl.ts';
import { exportCertificate } from '../../../../src/authority/export-certificate.ts';
import { readHome } from '../../../../src/authority/home.ts';
import { revokeCertificates } from '../../../../src/authority/revoke.ts';
import { backUpHome } from '../../../../src/lifecycle/backup.ts';
import { examine } from '../../../../src/lifecycle/doctor.ts';
import { importAuthority } from '../../../../src/lifecycle/import/import-authority.ts';
import type { ImportRequest } from '../../../../src/lifecycle/import/import-plan.ts';
import { restoreHome } from '../../../../src/lifecycle/restore.ts';
import { parseCrl } from '../../../../src/pki/crl.ts';
import { sha256Hex } from '../../../../src/pki/fingerprint.ts';
import { decodePem } from '../../../../src/pki/pem.ts';
import type { World } from '../../../../src/platform/world.ts';
import { easyRsaFolder, indexRow } from '../../../support/import-sources.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { NOW, testAuthority, testServer } from '../../../support/test-pki.ts';
import { testWorld } from '../../../support/test-world.ts';

let user: string;
let home: string;
let world: World;

beforeEach(() => {
  user = scratchFolder();
  home = join(user, 'home');
  world = testWorld({ home: user, now: NOW, passphrase: 'correct horse battery' });
});

const take = (request: ImportRequest) => importAuthority(request, home, world);
const lists = (folder: string) => {
  const path = join(home, folder, 'crl.pem');
  return decodePem(readFileSync(path, 'utf8'), path).map(({ der }) => parseCrl(der));
};

/** Both count from 01, and bear the name that easy-rsa proposes. */
describe('two authorities that have given the same serial numbers', () => {
  const made = () => {
    const root = testAuthority({ subject: 'Easy-RSA CA', serialNumber: '01' });
    const [server, client] = ['02', '03'].map((serialNumber) =>
      testServer({ subject: 'vpn', issuer: root, serialNumber }),
    ) as [ReturnType<typeof testServer>, ReturnType<typeof testServer>];
    return { root, server, client };
  };
  const [one, two] = [made(), made()];
  beforeEach(async () => {
    for (const [name, { root, server, client }] of Object.entries({ one, two })) {
      const index =
        indexRow('V', server) + indexRow(name === 'one' ? 'R' : 'V', client, '260601000000Z,superseded');
      easyRsaFolder(join(user, name), root, { index, issued: { server, client } });
      await take({ path: name, name });
    }
  });

  const sha256Of = ({ certificate }: ReturnType<typeof testServer>) => sha256Hex(certificate.der);
  const revoke = (...whats: readonly string[]) => revokeCertificates(whats, 'keyCompromise', { home }, world);
  const revokedByRoot = (folder: string) => lists(folder)[1]?.revoked.map(({ serialNumber }) => serialNumber);

  it('are both taken over whole', () => {
    readHome(home, world, (inventory) => {
      const ids = inventory.authorities.all().map(({ id }) => id);
      for (const authorityId of ids)
        expect(inventory.certificates.count({ at: NOW, authorityId, profile: 'imported' })).toBe(2);
      expect(inventory.certificates.bySerial('03').map(({ revokedAt }) => revokedAt !== undefined)).toEqual([
        false,
        true,
      ]);
      expect(inventory.check()).toEqual([]);
    });
  });

  it('have to be told apart by the fingerprint', async () => {
    const refused = await refusalOf(revoke('02'));
    const digits = [two, one].map(({ server }) => sha256Of(server).slice(0, 16));
    expect(refused).toEqual(['DEVCA_REVOKE_AMBIGUOUS', { what: '02', serials: digits }]);
    const shown = { what: '02', withKey: false, out: join(user, 'out') };
    expect((await refusalOf(exportCertificate(shown, { home }, world)))[0]).toBe('DEVCA_INVENTORY_AMBIGUOUS');
  });

  it('are told apart by the name of the authority too, and doctor can have none renewed that has ended', async () => {
    const shown = { what: '02', withKey: false, out: join(user, 'out') };
    const { record } = await exportCertificate({ ...shown, authority: 'two' }, { home }, world);
    expect(record.sha256).toBe(sha256Of(two.server));
    const late = testWorld({ home: user, now: new Date(record.notAfter.getTime() + 86_400_000) });
    const { findings } = await examine({ expiringMs: 0, noTrust: true }, home, late);
    expect(findings.filter(({ id }) => id === 'certificate-expired')).toMatchObject([
      { fix: expect.stringMatching(/^devca (issue .* --authority two|show 02)/) },
    ]);
  });

  it('have each its own revocation list', async () => {
    expect([revokedByRoot('ca'), revokedByRoot('ca/two')]).toEqual([['03'], []]);
    await revoke(sha256Of(two.server).slice(0, 16));
    expect([revokedByRoot('ca'), revokedByRoot('ca/two')]).toEqual([['03'], ['02']]);
    await revokeCertificates(['02'], 'superseded', { home, authority: 'one' }, world);
    expect([revokedByRoot('ca'), revokedByRoot('ca/two')]).toEqual([['03', '02'], ['02']]);
    for (const authority of ['one', 'two']) await renewCrls({}, { home, authority }, world);
    expect([revokedByRoot('ca')?.length, revokedByRoot('ca/two')?.length]).toEqual([2, 1]);
  });

  it('keep them through a backup, and give doctor nothing to object to', async () => {
    await backUpHome(join(user, 'backup'), home, world);
    const other = join(user, 'other');
    await restoreHome(join(user, 'backup'), other, world);
    const { findings } = await examine({ expiringMs: 0, noTrust: true }, other, world);
    expect(new Set(findings.map(({ id }) => id))).toEqual(new Set(['authority-ageing']));
    readHome(other, world, ({ certificates }) => expect(certificates.bySerial('02')).toHaveLength(2));
  });
});

describe('an import is refused, and nothing is written', () => {
  it('where one key has signed two certificates under one serial number', async () => {
    const root = testAuthority({ subject: 'r', serialNumber: '07' });
    const issued = (serialNumber: string) => testServer({ subject: 'x', issuer: root, serialNumber });
    const [one, two] = [issued('01'), issued('01')];
    easyRsaFolder(join(user, 'among'), root, { index: indexRow('V', one), issued: { one, two } });
    const own = issued('07');
    easyRsaFolder(join(user, 'own'), root, { index: indexRow('V', own), issued: { own } });
    for (const [path, serial] of Object.entries({ among: '01', own: '07' }))
      expect(await refusalOf(take({ path }))).toEqual([
        'DEVCA_IMPORT_SERIAL',
        { serials: [serial], isPresent: false },
      ]);
    expect(existsSync(home)).toBe(false);
  });

  it('where the inventory has one that the same key has signed under a serial number', async () => {
    const root = testAuthority({ subject: 'r' });
    const again = testAuthority({ subject: 'r', key: root.key, serialNumber: '08' });
    const leaf = testServer({ subject: 'x', issuer: root, serialNumber: '01' });
    for (const [path, each] of Object.entries({ one: root, two: again }))
      easyRsaFolder(join(user, path), each, { index: indexRow('V', leaf), issued: { leaf } });
    await take({ path: 'one', name: 'one' });
    expect(await refusalOf(take({ path: 'two', name: 'two' }))).toEqual([
      'DEVCA_IMPORT_SERIAL',
      { serials: ['01'], isPresent: true },
    ]);
  });
});
