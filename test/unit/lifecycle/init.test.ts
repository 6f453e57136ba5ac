import {
  appendFileSync,
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
import { openAuthority, openSigner } from '../../../src/authority/open-authority.ts';
import { inventoryPath, openInventory } from '../../../src/inventory/database.ts';
import { type InitRequest, initialise } from '../../../src/lifecycle/init.ts';
import { parseCertificate } from '../../../src/pki/certificate.ts';
import { parseCrl } from '../../../src/pki/crl.ts';
import { sha256Hex } from '../../../src/pki/fingerprint.ts';
import { decodePem } from '../../../src/pki/pem.ts';
import { faultyFiles } from '../../support/faulty-files.ts';
import { scratchFolder, worldAt } from '../../support/scratch.ts';

const WORLD = worldAt('2026-11-24T12:00:00Z');
const newHome = () => join(scratchFolder(), 'a home');
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
const pemOf = (path: string) => decodePem(readFileSync(path, 'utf8'), path);

/** Every file below a folder with its bytes, but the inventory's own. */
function contentsOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !name.startsWith('devca.'),
  );
  return Object.fromEntries(
    files
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => [name, readFileSync(join(folder, name), 'hex')]),
  );
}

describe('a new authority', () => {
  it('has a root, an intermediate, a CRL and one key', async () => {
    const home = newHome();
    const outcome = await initialise({}, home, WORLD);
    expect(outcome).toMatchObject({
      created: true,
      restored: [],
      home,
      name: 'default',
      generation: 1,
      keyType: 'ec-p256',
      keystore: 'file',
      rootKeystore: 'discard',
      warnings: [],
      root: { file: join(home, 'ca/root.pem'), commonName: expect.stringMatching(/^devca root .+@.+ 1$/) },
      intermediate: { file: join(home, 'ca/intermediate.pem') },
      crl: { file: join(home, 'ca/crl.pem') },
    });
    expect(outcome.permitted).toContain('localhost');
    expect(outcome.root.notAfter.toISOString()).toBe('2031-11-24T11:54:59.000Z');
    const [root] = pemOf(outcome.root.file);
    expect(sha256Hex(root?.der ?? new Uint8Array())).toBe(outcome.root.sha256);
    const [crl] = pemOf(outcome.crl.file);
    expect(crl?.label).toBe('X509 CRL');
    expect(parseCrl(crl?.der ?? new Uint8Array()).nextUpdate).toEqual(outcome.intermediate?.notAfter);
    expect(Object.keys(contentsOf(home)).sort()).toEqual([
      'ca/crl.pem',
      'ca/intermediate.pem',
      'ca/root.pem',
      'ca/roots.pem',
      'keys/default-1-intermediate.pem',
    ]);
  });

  it('closes its folders and keys to others', async () => {
    const home = newHome();
    await initialise({}, home, WORLD);
    expect(modeOf(home)).toBe('700');
    expect(modeOf(join(home, 'keys'))).toBe('700');
    expect(modeOf(join(home, 'keys/default-1-intermediate.pem'))).toBe('600');
    expect(modeOf(join(home, 'devca.db'))).toBe('600');
    expect(modeOf(join(home, 'ca/root.pem'))).toBe('644');
  });

  it('is recorded: every signature has a row, and the event says what was made', async () => {
    const home = newHome();
    const outcome = await initialise({}, home, WORLD);
    const inventory = openInventory(inventoryPath(home), WORLD, { readOnly: true });
    const rows = inventory.certificates.list({ at: WORLD.clock.now() });
    expect(rows.map(({ profile, state }) => `${profile} ${state}`).sort()).toEqual([
      'intermediate delivered',
      'root delivered',
    ]);
    const root = rows.find(({ profile }) => profile === 'root');
    expect(inventory.crls.latest(root?.id ?? 0)).toMatchObject({ number: 1, state: 'delivered' });
    expect(inventory.events.latest(1)).toMatchObject([
      { kind: 'authority-created', details: { name: 'default', generation: 1, root: outcome.root.sha256 } },
    ]);
    expect(inventory.authorities.latest()).toMatchObject({
      name: 'default',
      isDefault: true,
      state: 'delivered',
    });
    inventory.close();
  });

  it("can be opened, and its key is the intermediate's", async () => {
    const home = newHome();
    const outcome = await initialise({ permit: ['orders', '100.64.0.0/10'] }, home, WORLD);
    const authority = openAuthority(home, WORLD);
    expect(authority.constraint).toMatchObject({ unconstrained: false, carriesRanges: false });
    expect(outcome.permitted?.slice(-2)).toEqual(['orders', '100.64.0.0/10']);
    const signer = await openSigner(authority, WORLD);
    expect(Buffer.from(signer.subjectPublicKeyInfo)).toEqual(
      Buffer.from(authority.issuer.certificate.subjectPublicKeyInfo),
    );
  });

  it.each(['ec-p384', 'rsa-2048'] as const)('can have keys of the kind %s', async (keyType) => {
    const { root } = await initialise({ keyType, name: 'work' }, newHome(), WORLD);
    expect(parseCertificate(root.der).signatureAlgorithm.oid).toBe(
      keyType === 'ec-p384' ? '1.2.840.10045.4.3.3' : '1.2.840.113549.1.1.11',
    );
  });

  it("can keep its root's key, with a warning", async () => {
    const home = newHome();
    const outcome = await initialise({ rootKeystore: 'file' }, home, WORLD);
    expect(modeOf(join(home, 'keys/default-1-root.pem'))).toBe('600');
    expect(outcome.warnings).toEqual([expect.stringContaining("root's key is kept")]);
  });

  it('can be unconstrained, with a warning', async () => {
    const outcome = await initialise({ unconstrained: true }, newHome(), WORLD);
    expect(outcome.permitted).toBeUndefined();
    expect(outcome.warnings).toEqual([expect.stringContaining('not constrained')]);
    expect(parseCertificate(outcome.intermediate?.der ?? new Uint8Array()).nameConstraints).toBeUndefined();
  });
});

describe('a second run', () => {
  it('changes nothing and says so', async () => {
    const home = newHome();
    const first = await initialise({ permit: ['orders'] }, home, WORLD);
    const before = contentsOf(home);
    const second = await initialise({}, home, worldAt('2027-01-01T00:00:00Z'));
    expect(second).toEqual({ ...first, created: false });
    expect(
      await initialise({ permit: ['orders'], keyType: 'ec-p256', name: 'default' }, home, WORLD),
    ).toEqual(second);
    expect(contentsOf(home)).toEqual(before);
  });

  it('writes public files once more that are gone or were changed', async () => {
    const home = newHome();
    await initialise({}, home, WORLD);
    const before = contentsOf(home);
    rmSync(join(home, 'ca'), { recursive: true });
    const second = await initialise({}, home, WORLD);
    expect(second.created).toBe(false);
    expect(second.restored).toEqual(
      ['root', 'intermediate', 'roots', 'crl'].map((name) => join(home, `ca/${name}.pem`)),
    );
    expect(contentsOf(home)).toEqual(before);
    expect((await initialise({}, home, WORLD)).restored).toEqual([]);
    const roots = join(home, 'ca/roots.pem');
    appendFileSync(roots, 'somebody else was here');
    expect((await initialise({}, home, WORLD)).restored).toEqual([roots]);
    expect(contentsOf(home)).toEqual(before);
  });

  it.each<[InitRequest, string, string]>([
    [{ permit: ['orders', 'pay'] }, 'it does not permit pay', '--permit orders --permit pay'],
    [{ permitOnly: ['test'] }, 'it permits localhost,', '--permit-only test'],
    [{ permit: ['orders'], constrainIp: true }, 'carry no ranges', '--permit orders --constrain-ip'],
    [{ unconstrained: true }, 'it is constrained', '--unconstrained'],
    [{ keyType: 'rsa-2048' }, 'its key is "ec-p256", not "rsa-2048"', '--key-type rsa-2048'],
    [{ rootKeystore: 'file' }, 'its root\'s key store is "discard", not "file"', '--root-keystore file'],
  ])('with the flags %j fails', async (request, difference, flags) => {
    const home = newHome();
    await initialise({ permit: ['orders'] }, home, WORLD);
    await expect(initialise(request, home, WORLD)).rejects.toMatchObject({
      code: 'DEVCA_AUTHORITY_DIFFERENT',
      exitStatus: 1,
      message: expect.stringContaining(difference),
      hints: expect.arrayContaining([
        `to make another one beside it run "devca init --home '${home}' --name default-2 ${flags}"`,
      ]),
    });
  });

  it('with another name makes a further authority, with files of its own', async () => {
    const home = newHome();
    const first = await initialise({}, home, WORLD);
    const before = contentsOf(home);
    const other = await initialise({ name: 'other', permit: ['orders'] }, home, WORLD);
    expect(other).toMatchObject({
      created: true,
      name: 'other',
      root: { file: join(home, 'ca/other/root.pem') },
      crl: { file: join(home, 'ca/other/crl.pem') },
    });
    expect(contentsOf(home)).toMatchObject(before);
    expect(await initialise({}, home, WORLD)).toMatchObject({
      created: false,
      root: { sha256: first.root.sha256 },
    });
    expect(await initialise({ name: 'other' }, home, WORLD)).toMatchObject({
      created: false,
      root: { sha256: other.root.sha256 },
    });
    expect(openAuthority(home, WORLD).record.name).toBe('default');
    expect(openAuthority(home, WORLD, 'other').constraint).toMatchObject({
      names: expect.arrayContaining(['orders']),
    });
  });

  it('names the command that widens it, and the one with its home', async () => {
    const home = newHome();
    await initialise({}, home, WORLD);
    await expect(initialise({ permit: ['orders'] }, home, WORLD)).rejects.toMatchObject({
      hints: expect.arrayContaining([`to widen it run "devca ca permit orders --home '${home}'"`]),
    });
  });

  it('with a narrower constraint than an unconstrained authority has, fails', async () => {
    const home = newHome();
    await initialise({ unconstrained: true }, home, WORLD);
    await expect(initialise({ permit: ['orders'] }, home, WORLD)).rejects.toMatchObject({
      message: expect.stringContaining('it is not constrained'),
    });
    await expect(initialise({ constrainIp: true }, home, WORLD)).rejects.toMatchObject({
      code: 'DEVCA_AUTHORITY_DIFFERENT',
    });
    expect((await initialise({ unconstrained: true }, home, WORLD)).created).toBe(false);
  });

  it('without ranges, where the certificates carry them, fails', async () => {
    const home = newHome();
    await initialise({ constrainIp: true }, home, WORLD);
    await expect(initialise({ permit: ['test'] }, home, WORLD)).rejects.toMatchObject({
      message: expect.stringContaining('carry ranges'),
    });
  });
});

describe('a home that is not safe', () => {
  it('is refused where others may write', async () => {
    const home = newHome();
    mkdirSync(home);
    chmodSync(home, 0o770);
    await expect(initialise({}, home, WORLD)).rejects.toMatchObject({
      code: 'DEVCA_HOME_UNSAFE',
      exitStatus: 5,
      message: expect.stringContaining('mode is 0770'),
    });
    expect(readdirSync(home)).toEqual([]);
  });

  it('is refused where it belongs to another user', async () => {
    const home = newHome();
    mkdirSync(home, { mode: 0o700 });
    const other = { ...WORLD, system: { ...WORLD.system, uid: 4711 } };
    await expect(initialise({}, home, other)).rejects.toMatchObject({
      code: 'DEVCA_HOME_UNSAFE',
      hints: [
        expect.stringMatching(/^run the same command as its owner, as in "sudo -u \S+ devca \.\.\."$/),
        expect.stringContaining('"--home"'),
      ],
    });
  });

  it('is refused where its folder for keys is open to others', async () => {
    const home = newHome();
    mkdirSync(join(home, 'keys'), { recursive: true });
    chmodSync(home, 0o700);
    chmodSync(join(home, 'keys'), 0o777);
    await expect(initialise({}, home, WORLD)).rejects.toMatchObject({ code: 'DEVCA_HOME_UNSAFE' });
  });

  it('is refused where it is a file', async () => {
    const home = newHome();
    writeFileSync(home, '');
    await expect(initialise({}, home, WORLD)).rejects.toMatchObject({ code: 'DEVCA_FILE_NOT_A_FOLDER' });
  });

  it('may be a link to one that is', async () => {
    const folder = scratchFolder();
    const home = newHome();
    symlinkSync(folder, home);
    expect((await initialise({}, home, WORLD)).created).toBe(true);
    expect(existsSync(join(folder, 'ca/root.pem'))).toBe(true);
  });
});

describe('an authority that cannot be made', () => {
  it.each<[InitRequest, string]>([
    [{ keyType: 'ed25519' }, 'DEVCA_AUTHORITY_KEY_TYPE'],
    [{ name: 'My CA' }, 'DEVCA_AUTHORITY_NAME'],
    [{ name: '../x' }, 'DEVCA_AUTHORITY_NAME'],
    [{ permit: ['*.test'] }, 'DEVCA_CONSTRAINT_INVALID'],
  ])('%j leaves nothing behind', async (request, code) => {
    const home = newHome();
    await expect(initialise(request, home, WORLD)).rejects.toMatchObject({ code, exitStatus: 2 });
    expect(existsSync(home)).toBe(false);
  });

  it('leaves the files of another alone', async () => {
    const home = newHome();
    mkdirSync(join(home, 'ca'), { recursive: true });
    chmodSync(home, 0o700);
    writeFileSync(join(home, 'ca/root.pem'), 'mine');
    await expect(initialise({}, home, WORLD)).rejects.toMatchObject({ code: 'DEVCA_DELIVERY_TARGET' });
    expect(contentsOf(home)).toEqual({ 'ca/root.pem': Buffer.from('mine').toString('hex') });
  });
});

describe('an authority that is damaged', () => {
  it('has lost its key, or has another', async () => {
    const home = newHome();
    const other = newHome();
    await initialise({}, home, WORLD);
    await initialise({}, other, WORLD);
    const key = join(home, 'keys/default-1-intermediate.pem');
    writeFileSync(key, readFileSync(join(other, 'keys/default-1-intermediate.pem')));
    await expect(openSigner(openAuthority(home, WORLD), WORLD)).rejects.toThrow(
      expect.objectContaining({
        code: 'DEVCA_AUTHORITY_CORRUPT',
        message: expect.stringContaining("not the intermediate's"),
      }),
    );
    rmSync(key);
    await expect(openSigner(openAuthority(home, WORLD), WORLD)).rejects.toThrow(
      expect.objectContaining({ code: 'DEVCA_KEYSTORE_KEY_MISSING' }),
    );
  });

  it('is not there', async () => {
    const home = newHome();
    const missing = expect.objectContaining({ code: 'DEVCA_AUTHORITY_MISSING', exitStatus: 3 });
    expect(() => openAuthority(home, WORLD)).toThrow(missing);
    mkdirSync(home, { mode: 0o700 });
    expect(() => openAuthority(home, WORLD)).toThrow(missing);
    await initialise({}, home, WORLD);
    expect(() => openAuthority(home, WORLD, 'work')).toThrow(
      expect.objectContaining({
        code: 'DEVCA_AUTHORITY_UNKNOWN',
        exitStatus: 3,
        context: { name: 'work', known: ['default'], homeFlag: ` --home '${home}'` },
      }),
    );
  });
});

describe('a disk that is full', () => {
  it('at any step leaves an authority or none, and it can be made then', async () => {
    let total = 1;
    for (let nth = 1; nth <= total; nth += 1) {
      const home = newHome();
      const faulty = faultyFiles(WORLD.files, nth, true);
      await expect(initialise({}, home, { ...WORLD, files: faulty.files })).rejects.toMatchObject({
        code: expect.stringMatching(/^DEVCA_(FILE_DISK_FULL|DELIVERY_INCOMPLETE)$/),
      });
      const outcome = await initialise({}, home, WORLD);
      expect(outcome.recovery.problems).toEqual([]);
      expect(Object.keys(contentsOf(home))).toHaveLength(5);
      await openSigner(openAuthority(home, WORLD), WORLD);
      if (nth === 1) {
        const counted = faultyFiles(WORLD.files, Number.POSITIVE_INFINITY, false);
        await initialise({}, newHome(), { ...WORLD, files: counted.files });
        total = counted.count();
      }
    }
    expect(total).toBeGreaterThan(10);
  });
});

it('begins anew where a killed run left an empty file for the inventory', async () => {
  const empty = join(scratchFolder(), 'empty');
  mkdirSync(empty, { mode: 0o700 });
  writeFileSync(join(empty, 'devca.db'), '', { mode: 0o600 });
  expect((await initialise({ keystore: 'best' }, empty, WORLD)).created).toBe(true);
});
