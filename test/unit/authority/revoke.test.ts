import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { renewCrls } from '../../../src/authority/crl.ts';
import { issueCertificate } from '../../../src/authority/issue.ts';
import { openAuthority } from '../../../src/authority/open-authority.ts';
import { changeInventory } from '../../../src/authority/recovery.ts';
import { parseRevocationReason, revokeCertificates } from '../../../src/authority/revoke.ts';
import { inventoryPath, openInventory } from '../../../src/inventory/database.ts';
import { initialise } from '../../../src/lifecycle/init.ts';
import { parseCrl } from '../../../src/pki/crl.ts';
import { nameEquals } from '../../../src/pki/name.ts';
import { decodePem } from '../../../src/pki/pem.ts';
import { verifyChain } from '../../../src/validation/verify-chain.ts';
import { faultyFiles } from '../../support/faulty-files.ts';
import { scratchFolder, worldAt } from '../../support/scratch.ts';

const WORLD = worldAt('2026-11-24T12:00:00Z');
const LATER = worldAt('2026-12-24T12:00:00Z');
const NOW_SECONDS = Date.parse('2026-11-24T12:00:00Z') / 1000;

let home: string;
let work: string;

const issue = (names: string[], world = WORLD, profile = 'server') =>
  issueCertificate({ names, profile, out: work }, { home }, world);
const crlPath = () => join(home, 'ca/crl.pem');
const listsIn = (path: string) =>
  decodePem(readFileSync(path, 'utf8'), path).map(({ label, der }) => ({ label, crl: parseCrl(der) }));
const newest = () => listsIn(crlPath())[0]?.crl;
const revoke = (
  what: string,
  reason: Parameters<typeof revokeCertificates>[1] = 'unspecified',
  world = WORLD,
) => revokeCertificates([what], reason, { home }, world);

beforeEach(async () => {
  home = join(scratchFolder(), 'home');
  work = scratchFolder();
  await initialise({}, home, WORLD);
});

describe('a new authority', () => {
  it('has a list of the intermediate and one of the root, both empty and as long as the intermediate', () => {
    const { root, issuer: intermediate } = openAuthority(home, WORLD);
    const lists = listsIn(crlPath());
    expect(lists.map(({ label }) => label)).toEqual(['X509 CRL', 'X509 CRL']);
    for (const [index, issuer] of [intermediate, root].entries()) {
      const crl = lists[index]?.crl;
      expect(crl && nameEquals(crl.issuer, issuer.certificate.subject)).toBe(true);
      expect(crl).toMatchObject({
        revoked: [],
        thisUpdate: intermediate.certificate.notBefore,
        nextUpdate: intermediate.certificate.notAfter,
      });
    }
  });
});

describe('revoking', () => {
  it('puts serial number, time and reason into the next list, and leaves the rest alone', async () => {
    const issued = await issue(['api.test']);
    await issue(['other.test']);
    const before = listsIn(crlPath());
    const { revoked, lists } = await revoke('api.test', 'keyCompromise', LATER);
    expect(revoked).toMatchObject([
      {
        serialNumber: issued.serialNumber,
        names: ['api.test'],
        authority: 'default',
        reason: 'keyCompromise',
      },
    ]);
    expect(newest()?.revoked).toMatchObject([
      {
        serialNumber: issued.serialNumber,
        revocationDate: new Date('2026-12-24T12:00:00Z'),
        reason: 'keyCompromise',
      },
    ]);
    expect(newest()?.thisUpdate).toEqual(new Date('2026-12-24T11:55:00Z'));
    expect(lists).toMatchObject([{ authority: 'default', generation: 1, revoked: 1 }]);
    expect(listsIn(crlPath())[1]?.crl.der).toEqual(before[1]?.crl.der);
    expect(newest()?.extensions.map(({ critical }) => critical)).toEqual([false, false]);
  });

  it('leaves an unspecified reason out of the list', async () => {
    await issue(['api.test']);
    await revoke('api.test');
    expect(newest()?.revoked[0]?.extensions).toEqual([]);
  });

  it('is what the verifier then goes by', async () => {
    const { files } = await issue(['api.test']);
    const { root, issuer: intermediate } = openAuthority(home, WORLD);
    const verify = () =>
      verifyChain({
        endEntity: readFileSync(files['cert'] ?? '', 'utf8'),
        intermediates: [intermediate.certificate.der],
        trustAnchors: [root.certificate.der],
        crls: [readFileSync(crlPath(), 'utf8')],
        revocation: 'required',
        at: new Date('2026-11-24T12:00:01Z'),
      });
    expect(await verify()).toMatchObject({ valid: true, problems: [] });
    await revoke('api.test', 'superseded');
    expect(await verify()).toMatchObject({ valid: false, problems: [{ code: 'DEVCA_REVOCATION_REVOKED' }] });
  });

  it('takes a serial number, a fingerprint and a file', async () => {
    const [one, two, three] = [await issue(['a.test']), await issue(['b.test']), await issue(['c.test'])];
    await revoke(one.serialNumber.slice(0, 12));
    await revoke(two.sha256);
    await revoke(three.files['fullchain'] ?? '');
    expect(newest()?.revoked).toHaveLength(3);
  });

  it('takes several at once, into one list, and the same one only once', async () => {
    await issue(['a.test']);
    await issue(['b.test']);
    const { lists } = await revokeCertificates(['a.test', 'b.test', 'a.test'], 'superseded', { home }, WORLD);
    expect(lists).toMatchObject([{ revoked: 2 }]);
  });

  it('means the certificate in use where a name has meant others before', async () => {
    const earlier = await issue(['api.test']);
    const current = await issue(['api.test']);
    await revoke('api.test');
    expect(newest()?.revoked.map(({ serialNumber }) => serialNumber)).toEqual([current.serialNumber]);
    await revoke(earlier.serialNumber);
    expect(newest()?.revoked).toHaveLength(2);
  });

  it('records the event in the inventory', async () => {
    await issue(['api.test']);
    await revoke('api.test', 'superseded');
    const inventory = openInventory(inventoryPath(home), WORLD, { readOnly: true });
    const kinds = inventory.events.latest(2).map(({ kind, details }) => [kind, details]);
    expect(kinds).toMatchObject([
      ['crl-signed', { authority: 'default', generation: 1, revoked: 1 }],
      ['certificate-revoked', { names: ['api.test'], reason: 'superseded' }],
    ]);
    expect(inventory.check()).toEqual([]);
    inventory.close();
  });
});

describe('revoking is refused', () => {
  const refused = (code: string, context: object = {}) =>
    expect.objectContaining({ code, context: expect.objectContaining(context) });

  it('for a reason that is none, or that can not be taken back', () => {
    for (const reason of ['stolen', '', 'certificateHold', 'removeFromCRL', 'cACompromise'])
      expect(() => parseRevocationReason(reason)).toThrow(refused('DEVCA_REVOKE_REASON', { reason }));
    expect(parseRevocationReason('keycompromise')).toBe('keyCompromise');
  });

  it('for what is revoked already', async () => {
    const { serialNumber } = await issue(['api.test']);
    await revoke('api.test', 'superseded');
    const before = readFileSync(crlPath());
    await expect(revoke('api.test')).rejects.toEqual(
      refused('DEVCA_REVOKE_ALREADY', {
        serial: serialNumber,
        reason: 'superseded',
        since: '2026-11-24T12:00:00.000Z',
      }),
    );
    expect(readFileSync(crlPath())).toEqual(before);
  });

  it("for the authority's own certificates", async () => {
    const { root, issuer } = openAuthority(home, WORLD);
    for (const { record } of [root, issuer]) {
      const { sha256, profile } = record;
      await expect(revoke(sha256)).rejects.toEqual(refused('DEVCA_REVOKE_AUTHORITY', { profile }));
    }
    await expect(revoke(join(home, 'ca/root.pem'))).rejects.toEqual(refused('DEVCA_REVOKE_AUTHORITY'));
  });

  it('for a name that means several certificates in use', async () => {
    const serials = [];
    for (const out of ['one', 'two']) {
      const { serialNumber } = await issueCertificate(
        { names: ['api.test'], out: join(work, out) },
        { home },
        WORLD,
      );
      serials.push(serialNumber);
    }
    await expect(revoke('api.test')).rejects.toEqual(
      refused('DEVCA_REVOKE_AMBIGUOUS', { serials: serials.reverse() }),
    );
  });

  it('for what nobody knows, and for a file without a certificate', async () => {
    await expect(revoke('nosuch.test')).rejects.toEqual(refused('DEVCA_INVENTORY_UNKNOWN'));
    const path = join(work, 'key.pem');
    writeFileSync(path, 'no certificate');
    await expect(revoke(path)).rejects.toEqual(refused('DEVCA_CERTIFICATE_NONE'));
    await expect(revokeCertificates(['x'], 'unspecified', { home, authority: 'no' }, WORLD)).rejects.toEqual(
      refused('DEVCA_AUTHORITY_UNKNOWN', { name: 'no' }),
    );
  });

  it('all together where one of several can not be revoked', async () => {
    await issue(['a.test']);
    const both = revokeCertificates(['a.test', 'nosuch.test'], 'unspecified', { home }, WORLD);
    await expect(both).rejects.toEqual(refused('DEVCA_INVENTORY_UNKNOWN'));
    expect(newest()?.revoked).toEqual([]);
  });
});

describe('numbers of lists', () => {
  const number = async (world = WORLD) => (await renewCrls({}, { home }, world)).lists[0]?.number;

  it('are the clock, or one more than the last', async () => {
    expect(newest()?.crlNumber).toBe(BigInt(NOW_SECONDS));
    expect(await number()).toBe(NOW_SECONDS + 1);
    expect(await number(worldAt('2020-01-01T00:00:00Z')).catch(() => 'refused')).toBe(NOW_SECONDS + 2);
    expect(await number(LATER)).toBe(Date.parse('2026-12-24T12:00:00Z') / 1000);
  });

  it('do not go back where an older inventory is put in place', async () => {
    const older = readFileSync(inventoryPath(home));
    await number(LATER);
    writeFileSync(inventoryPath(home), older);
    const next = await number(worldAt('2026-12-24T12:00:05Z'));
    expect(next).toBeGreaterThan(Date.parse('2026-12-24T12:00:00Z') / 1000);
  });
});

describe('the next list', () => {
  it('is current for the days that were asked for, never longer than its issuer', async () => {
    const until = async (days: number) => (await renewCrls({ days }, { home }, WORLD)).lists[0]?.nextUpdate;
    expect(await until(7)).toEqual(new Date('2026-12-01T12:00:00Z'));
    expect(await until(36_000)).toEqual(openAuthority(home, WORLD).issuer.certificate.notAfter);
    for (const days of [0, -1, 1.5, Number.NaN, 1e9])
      await expect(until(days)).rejects.toMatchObject({ code: 'DEVCA_CRL_DAYS', exitStatus: 2 });
  });

  it('is copied with the others, or alone in DER', async () => {
    const pem = join(work, 'new folder/crl.pem');
    const { files } = await renewCrls({ out: pem }, { home }, WORLD);
    expect(files).toEqual([crlPath(), pem]);
    expect(readFileSync(pem)).toEqual(readFileSync(crlPath()));
    const der = join(work, 'devca.crl');
    await renewCrls({ out: der, format: 'der' }, { home }, WORLD);
    expect(parseCrl(readFileSync(der)).der).toEqual(newest()?.der);
  });

  it('is not written over what devca has not written, unless forced', async () => {
    const out = join(work, 'mine.pem');
    writeFileSync(out, 'mine');
    const before = readFileSync(crlPath());
    await expect(renewCrls({ out }, { home }, WORLD)).rejects.toMatchObject({
      code: 'DEVCA_DELIVERY_TARGET',
    });
    expect(readFileSync(crlPath())).toEqual(before);
    await renewCrls({ out, force: true }, { home }, WORLD);
    expect(listsIn(out)).toHaveLength(2);
    await expect(renewCrls({ out: join(home, 'ca/root.pem') }, { home }, WORLD)).rejects.toMatchObject({
      code: 'DEVCA_DELIVERY_TARGET',
    });
  });

  it('is not signed by an authority that has ended', async () => {
    await expect(renewCrls({}, { home }, worldAt('2032-01-01T00:00:00Z'))).rejects.toMatchObject({
      code: 'DEVCA_AUTHORITY_EXPIRED',
      hints: [expect.anything(), `or make its next generation with "devca ca roll --home ${home}"`],
    });
  });
});

describe('copies of the lists', () => {
  const pem = () => join(work, 'crl.pem');
  const der = () => join(work, 'ca.crl');
  const copy = (format: 'pem' | 'der', out: string) => renewCrls({ format, out }, { home }, WORLD);

  it('are brought up to date by every later list', async () => {
    await copy('pem', pem());
    await copy('der', der());
    const { serialNumber } = await issue(['localhost']);
    const { files, staleCopies } = await revoke('localhost');
    expect(files).toEqual([crlPath(), der(), pem()]);
    expect(staleCopies).toEqual([]);
    expect(readFileSync(pem(), 'utf8')).toBe(readFileSync(crlPath(), 'utf8'));
    expect(parseCrl(readFileSync(der())).revoked.map((entry) => entry.serialNumber)).toEqual([serialNumber]);
  });

  it('stay as they are where somebody has changed them, and the certificate is revoked all the same', async () => {
    await copy('pem', pem());
    writeFileSync(pem(), 'mine');
    await issue(['localhost']);
    const { staleCopies } = await revoke('localhost');
    expect(staleCopies).toEqual([{ path: pem(), reason: expect.stringContaining('changed since') }]);
    expect(readFileSync(pem(), 'utf8')).toBe('mine');
    expect(newest()?.revoked).toHaveLength(1);
  });

  it('are not made again where they are gone', async () => {
    await copy('pem', pem());
    rmSync(pem());
    await issue(['localhost']);
    expect((await revoke('localhost')).staleCopies).toEqual([]);
    expect(existsSync(pem())).toBe(false);
  });
});

describe('a disk that is full while a certificate is revoked', () => {
  it('at any step leaves both the revocation and its list, or neither', async () => {
    let done = false;
    for (let nth = 1; !done; nth += 1) {
      const { serialNumber } = await issueCertificate(
        { names: [`n${nth}.test`], out: work },
        { home },
        WORLD,
      );
      const faulty = faultyFiles(WORLD.files, nth, true);
      const failure = await revoke(serialNumber, 'superseded', { ...WORLD, files: faulty.files }).then(
        () => undefined,
        (error: unknown) => error,
      );
      done = failure === undefined;
      if (!done)
        expect(failure).toMatchObject({
          code: expect.stringMatching(/^DEVCA_(FILE_DISK_FULL|DELIVERY_INCOMPLETE)$/),
        });
      const { isRevoked, problems } = changeInventory(home, WORLD, (inventory, recovery) => ({
        isRevoked: inventory.certificates.bySerial(serialNumber)[0]?.revokedAt !== undefined,
        problems: recovery.problems,
      }));
      expect(problems).toEqual([]);
      expect(newest()?.revoked.some((entry) => entry.serialNumber === serialNumber)).toBe(isRevoked);
      expect(existsSync(crlPath())).toBe(true);
    }
  }, 30_000);
});
