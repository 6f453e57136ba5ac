import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  type IssueRequest,
  issueCertificate,
  issueCertificates,
  previewCertificates,
} from '../../../src/authority/issue.ts';
import { openAuthority } from '../../../src/authority/open-authority.ts';
import { inventoryPath, openInventory } from '../../../src/inventory/database.ts';
import { initialise } from '../../../src/lifecycle/init.ts';
import type { World } from '../../../src/platform/world.ts';
import server from '../../../templates/profiles/server.json' with { type: 'json' };
import { scratchFolder, worldAt } from '../../support/scratch.ts';

const AT = '2026-11-24T12:00:00Z';

/** A home with an authority, and a working folder beside it. */
async function set(permit: readonly string[] = []) {
  const folder = scratchFolder();
  const [home, work] = [join(folder, 'home'), join(folder, 'work')];
  mkdirSync(work);
  const real = worldAt(AT);
  const world: World = { ...real, system: { ...real.system, workingFolder: work } };
  await initialise({ permit }, home, world);
  const issue = (request: IssueRequest, force = false) => issueCertificate(request, { home, force }, world);
  const rows = () => {
    const inventory = openInventory(inventoryPath(home), world, { readOnly: true });
    const list = inventory.certificates.list({ at: world.clock.now(), endEntitiesOnly: true });
    inventory.close();
    return list;
  };
  return { home, work, world, issue, rows };
}

const procfs = existsSync('/proc/self') ? it : it.skip;

describe('a folder that takes no files', () => {
  procfs('leaves nothing behind that the next command would have to undo', async () => {
    const { issue, rows } = await set();
    await expect(issue({ names: ['a.test'], out: '/proc' })).rejects.toMatchObject({
      message: 'cannot write into "/proc": nothing can be made there',
    });
    const next = await issue({ names: ['b.test'] });
    expect(next.recovery).toEqual({ undone: [], completed: [], problems: [] });
    expect(rows().map(({ names }) => names)).toEqual([['b.test']]);
  });
});

describe('issuing', () => {
  it('delivers certificate, key and full chain by the names of mkcert, and records them', async () => {
    const { work, issue, rows } = await set();
    const issued = await issue({ names: ['localhost', '127.0.0.1', '::1'] });
    expect(readdirSync(work).sort()).toEqual([
      'localhost+2-fullchain.pem',
      'localhost+2-key.pem',
      'localhost+2.pem',
    ]);
    expect(issued).toMatchObject({
      profile: 'server',
      names: ['localhost', '127.0.0.1', '::1'],
      subject: 'CN=localhost',
      authority: 'default',
      generation: 1,
      files: {
        cert: join(work, 'localhost+2.pem'),
        key: join(work, 'localhost+2-key.pem'),
        fullchain: join(work, 'localhost+2-fullchain.pem'),
      },
      replaced: [],
      warnings: [],
      recovery: { undone: [], completed: [], problems: [] },
    });
    expect(statSync(issued.files['key'] ?? '').mode & 0o777).toBe(0o600);
    expect(statSync(issued.files['cert'] ?? '').mode & 0o777).toBe(0o644);
    const certificate = new X509Certificate(readFileSync(issued.files['cert'] ?? ''));
    expect(certificate.checkPrivateKey(createPrivateKey(readFileSync(issued.files['key'] ?? '')))).toBe(true);
    expect(readFileSync(issued.files['fullchain'] ?? '', 'utf8').match(/BEGIN/g)).toHaveLength(2);
    expect(rows()).toMatchObject([
      { serialNumber: issued.serialNumber, sha256: issued.sha256, names: issued.names, state: 'delivered' },
    ]);
  });

  it('adds the root and the chain where they are wanted', async () => {
    const { home, work, issue } = await set();
    const { files } = await issue({ names: ['localhost'], withRoot: true, withChain: true });
    expect(readFileSync(join(work, 'root.pem'))).toEqual(readFileSync(join(home, 'ca/root.pem')));
    expect(readFileSync(files['chain'] ?? '')).toEqual(readFileSync(join(home, 'ca/intermediate.pem')));
    await issue({ names: ['app.localhost'], withRoot: true });
  });

  it('writes where it is told', async () => {
    const { work, issue } = await set();
    const inFolder = await issue({ names: ['localhost'], out: 'certs/dev' });
    expect(inFolder.files['cert']).toBe(join(work, 'certs/dev/localhost.pem'));
    const named = await issue({
      names: ['localhost'],
      certFile: 'tls/server.crt',
      keyFile: 'tls/server.key',
    });
    expect(named.files).toEqual({
      cert: join(work, 'tls/server.crt'),
      key: join(work, 'tls/server.key'),
      fullchain: join(work, 'tls/server-fullchain.pem'),
    });
  });

  it('issues for clients and services', async () => {
    const { issue, rows } = await set();
    const client = await issue({ names: ['alice'], profile: 'client' });
    expect(client.files['cert']).toMatch(/alice-client\.pem$/);
    const service = await issue({ names: ['orders'], profile: 'service', keyType: 'ed25519' });
    expect(service.warnings).toEqual([
      expect.stringContaining('devca ca permit orders'),
      expect.stringContaining('Ed25519'),
    ]);
    expect(
      rows()
        .map(({ profile, keyAlgorithm }) => `${profile} ${keyAlgorithm}`)
        .sort(),
    ).toEqual(['client ec-p256', 'service ed25519']);
  });

  it('can be found by the name that was asked for', async () => {
    const { home, world, issue } = await set();
    const { serialNumber } = await issue({ names: ['orders'], profile: 'service' });
    const inventory = openInventory(inventoryPath(home), world, { readOnly: true });
    expect(inventory.certificates.find('orders').map((row) => row.serialNumber)).toEqual([serialNumber]);
    inventory.close();
  });

  it('for a proof has a row that is in no list, and that no name finds', async () => {
    const { home, world, issue, rows } = await set();
    const place = { home, isForProof: true };
    const proof = await issueCertificate({ names: ['localhost'], withoutPem: true }, place, world);
    expect(proof).toMatchObject({ profile: 'proof', files: {} });
    expect(rows()).toEqual([]);
    const { serialNumber } = await issue({ names: ['localhost'] });
    const inventory = openInventory(inventoryPath(home), world, { readOnly: true });
    expect(inventory.certificates.find('localhost').map((row) => row.serialNumber)).toEqual([serialNumber]);
    expect(inventory.certificates.bySha256(proof.sha256)).toMatchObject({ profile: 'proof' });
    inventory.close();
  });

  it('takes a profile from the home', async () => {
    const { home, issue } = await set();
    mkdirSync(join(home, 'profiles'));
    writeFileSync(
      join(home, 'profiles/short.json'),
      JSON.stringify({ ...server, name: 'short', defaultDays: 7, longestDays: 7 }),
    );
    const { notBefore, notAfter } = await issue({ names: ['localhost'], profile: 'short' });
    expect(notAfter.getTime() - notBefore.getTime()).toBe(7 * 86_400_000 - 1000);
    for (const [name, text, code] of [
      ['broken', '{', 'DEVCA_PROFILE_INVALID'],
      ['other', JSON.stringify({ ...server, name: 'short' }), 'DEVCA_PROFILE_INVALID'],
      ['proof', JSON.stringify({ ...server, name: 'proof' }), 'DEVCA_PROFILE_INVALID'],
    ] as const) {
      writeFileSync(join(home, `profiles/${name}.json`), text);
      await expect(issue({ names: ['localhost'], profile: name })).rejects.toMatchObject({ code });
    }
    writeFileSync(join(home, 'profiles/server.json'), '{}');
    for (const profile of ['absent', '../short', 'root'])
      await expect(issue({ names: ['localhost'], profile })).rejects.toMatchObject({
        code: 'DEVCA_PROFILE_UNKNOWN',
        hints: ['use one of server, client, service, broken, other, proof, short'],
      });
  });

  it('refuses a profile that has a file of its own name to replace it', async () => {
    const { home, issue } = await set();
    mkdirSync(join(home, 'profiles'));
    const path = join(home, 'profiles/server.json');
    writeFileSync(path, JSON.stringify({ ...server, defaultDays: 7 }));
    for (const profile of [{}, { profile: 'server' }])
      await expect(issue({ names: ['localhost'], ...profile })).rejects.toMatchObject({
        code: 'DEVCA_PROFILE_BUILT_IN',
        exitStatus: 1,
        hints: [
          expect.stringContaining(`"mv ${path} ${join(home, 'profiles/own-server.json')}"`),
          expect.anything(),
        ],
        message: expect.stringContaining(`"${path}" cannot replace the profile "server"`),
      });
    expect(await issue({ names: ['ada'], profile: 'client' })).toMatchObject({ profile: 'client' });
  });
});

describe('issuing again', () => {
  it('takes over its own unchanged files, and the old certificate is replaced', async () => {
    const { issue, rows } = await set();
    const first = await issue({ names: ['localhost'] });
    const second = await issue({ names: ['localhost'] });
    expect(second.replaced).toEqual([first.serialNumber]);
    const [newer, older] = [second, first].map(({ serialNumber }) =>
      rows().find((row) => row.serialNumber === serialNumber),
    );
    expect(older?.replacedBy).toBe(newer?.id);
    expect(newer?.replacedBy).toBeUndefined();
  });

  it('replaces nothing that merely shares a root file', async () => {
    const { issue } = await set();
    await issue({ names: ['a.test'], withRoot: true });
    expect((await issue({ names: ['b.test'], withRoot: true })).replaced).toEqual([]);
  });

  it('never overwrites what devca did not write, unless forced', async () => {
    const { work, issue, rows } = await set();
    writeFileSync(join(work, 'localhost-key.pem'), 'mine');
    await expect(issue({ names: ['localhost'] })).rejects.toMatchObject({ code: 'DEVCA_DELIVERY_TARGET' });
    expect(readdirSync(work)).toEqual(['localhost-key.pem']);
    expect(rows()).toEqual([]);
    await issue({ names: ['localhost'] }, true);
    expect(readFileSync(join(work, 'localhost-key.pem'), 'utf8')).toContain('PRIVATE KEY');
  });

  it("never takes a place of the authority's own files, forced or not", async () => {
    const { home, work, issue, rows } = await set();
    symlinkSync(join(home, 'keys'), join(work, 'linked'));
    const before = readFileSync(join(home, 'keys/default-1-intermediate.pem'));
    for (const path of [
      'keys/default-1-intermediate.pem',
      'ca/root.pem',
      'ca/new/a.pem',
      'devca.db',
      'devca.lock',
    ])
      for (const force of [false, true])
        await expect(issue({ names: ['localhost'], keyFile: join(home, path) }, force)).rejects.toMatchObject(
          {
            code: 'DEVCA_DELIVERY_TARGET',
            hints: [expect.not.stringContaining('--force')],
          },
        );
    const linked = { names: ['localhost'], keyFile: join(work, 'linked/default-1-intermediate.pem') };
    await expect(issue(linked, true)).rejects.toMatchObject({ code: 'DEVCA_DELIVERY_TARGET' });
    expect(readFileSync(join(home, 'keys/default-1-intermediate.pem'))).toEqual(before);
    expect(rows()).toEqual([]);
    await issue({ names: ['localhost'], out: join(home, 'certs') });
  });

  it('never overwrites its own file that someone has changed, unless forced', async () => {
    const { issue } = await set();
    const { files } = await issue({ names: ['localhost'] });
    writeFileSync(files['cert'] ?? '', 'changed');
    await expect(issue({ names: ['localhost'] })).rejects.toMatchObject({
      message: expect.stringContaining('changed since devca wrote it'),
    });
    expect((await issue({ names: ['localhost'] }, true)).replaced).toHaveLength(1);
  });
});

describe('what is refused', () => {
  it.each([
    [{ names: ['google.com'] }, 'DEVCA_ISSUE_OUTSIDE_CONSTRAINT'],
    [{ names: ['a b'] }, 'DEVCA_NAME_INVALID'],
    [{ names: [] }, 'DEVCA_ISSUE_NAMES_MISSING'],
    [{ names: ['localhost'], days: 900 }, 'DEVCA_ISSUE_LIFE_TOO_LONG'],
    [{ names: ['localhost'], notAfter: new Date('2020-01-01') }, 'DEVCA_ISSUE_LIFE_INVALID'],
    [{ names: ['localhost'], certFile: 'x.pem', keyFile: 'x.pem' }, 'DEVCA_DELIVERY_SAME_PATH'],
  ])('%j leaves no row and no file', async (request, code) => {
    const { work, issue, rows } = await set();
    await expect(issue(request)).rejects.toMatchObject({ code });
    expect(rows()).toEqual([]);
    expect(readdirSync(work)).toEqual([]);
  });

  it('names the command that permits what is outside the constraint', async () => {
    const { home, issue } = await set();
    await expect(issue({ names: ['google.com'] })).rejects.toMatchObject({
      hints: [expect.stringContaining(`run "devca ca permit google.com --home ${home}"`)],
    });
  });

  it('issues outside the default constraint where that was permitted', async () => {
    const { issue } = await set(['shop.example.de', '203.0.113.0/24']);
    const { names } = await issue({ names: ['api.shop.example.de', '203.0.113.9'] });
    expect(names).toHaveLength(2);
  });

  it('is everything where the home has no authority, and no home is made', async () => {
    const { home, world } = await set();
    const nowhere = `${home}-none`;
    await expect(issueCertificate({ names: ['localhost'] }, { home: nowhere }, world)).rejects.toMatchObject({
      code: 'DEVCA_AUTHORITY_MISSING',
    });
    expect(existsSync(nowhere)).toBe(false);
  });

  it('is everything where the home or the key is not safe', async () => {
    const { home, issue } = await set();
    chmodSync(join(home, 'keys/default-1-intermediate.pem'), 0o644);
    await expect(issue({ names: ['localhost'] })).rejects.toMatchObject({
      code: 'DEVCA_KEYSTORE_KEY_UNSAFE',
    });
    chmodSync(home, 0o777);
    await expect(issue({ names: ['localhost'] })).rejects.toMatchObject({ code: 'DEVCA_HOME_UNSAFE' });
  });

  it("is a certificate that devca's own verifier refuses", async () => {
    const { home, work, issue, rows } = await set();
    mkdirSync(join(home, 'profiles'));
    const mail = { ...server, name: 'mail', extendedKeyUsage: ['emailProtection'] };
    writeFileSync(join(home, 'profiles/mail.json'), JSON.stringify(mail));
    await expect(issue({ names: ['localhost'], profile: 'mail' })).rejects.toMatchObject({
      code: 'DEVCA_ISSUE_SELF_CHECK',
    });
    expect(rows()).toEqual([]);
    expect(readdirSync(work)).toEqual([]);
  });
});

describe('issuing many', () => {
  it("does not certify the authority's own keys", async () => {
    const { home, world, issue } = await set();
    const { issuer, root } = openAuthority(home, world);
    for (const { certificate } of [issuer, root]) {
      const publicKey = { type: 'ec-p256', subjectPublicKeyInfo: certificate.subjectPublicKeyInfo } as const;
      await expect(issue({ names: ['a.test'], publicKey })).rejects.toMatchObject({
        code: 'DEVCA_CSR_OWN_KEY',
      });
    }
  });

  it('goes in batches, and each certificate has its own key and serial number', async () => {
    const { home, work, world, rows } = await set();
    const requests = Array.from({ length: 130 }, (_, index) => ({ names: [`s${index}.test`] }));
    const { certificates } = await issueCertificates(requests, { home }, world);
    expect(new Set(certificates.map(({ serialNumber }) => serialNumber)).size).toBe(130);
    expect(new Set(certificates.map(({ files }) => readFileSync(files['key'] ?? '', 'utf8'))).size).toBe(130);
    expect(rows()).toHaveLength(130);
    expect(readdirSync(work)).toHaveLength(390);
  });

  it('checks all requests before the first is signed', async () => {
    const { home, world, rows } = await set();
    const requests = Array.from({ length: 101 }, (_, index) => ({
      names: [index === 100 ? 'google.com' : `s${index}.test`],
    }));
    await expect(issueCertificates(requests, { home }, world)).rejects.toMatchObject({
      code: 'DEVCA_ISSUE_OUTSIDE_CONSTRAINT',
    });
    expect(rows()).toEqual([]);
  });

  it('takes another serial number where the inventory has one already', async () => {
    const { home, world } = await set();
    const octets = [1, 1, 2];
    const fixed: World = {
      ...world,
      random: (length) =>
        length === 16 ? new Uint8Array(length).fill(octets.shift() ?? 3) : world.random(length),
    };
    const first = await issueCertificate({ names: ['a.test'] }, { home }, fixed);
    const second = await issueCertificate({ names: ['b.test'] }, { home }, fixed);
    expect(first.serialNumber).toBe('01'.repeat(16));
    expect(second.serialNumber).toBe('02'.repeat(16));
  });
});

describe('a preview', () => {
  it('says what would be issued and changes nothing', async () => {
    const { home, work, world, rows } = await set();
    const [plan] = previewCertificates([{ names: ['localhost'] }], { home }, world);
    expect(plan?.names.map(({ value }) => value)).toEqual(['localhost']);
    expect(rows()).toEqual([]);
    expect(readdirSync(work)).toEqual([]);
    rmSync(home, { recursive: true });
    expect(() => previewCertificates([{ names: ['localhost'] }], { home }, world)).toThrow(
      expect.objectContaining({ code: 'DEVCA_AUTHORITY_MISSING' }),
    );
  });
});
