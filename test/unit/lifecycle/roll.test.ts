import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { renewCrls } from '../../../src/authority/crl.ts';
import { openGenerations } from '../../../src/authority/generations.ts';
import { issueCertificate } from '../../../src/authority/issue.ts';
import { openAuthority } from '../../../src/authority/open-authority.ts';
import { changeInventory } from '../../../src/authority/recovery.ts';
import { revokeCertificates } from '../../../src/authority/revoke.ts';
import { initialise } from '../../../src/lifecycle/init.ts';
import { retireAuthority } from '../../../src/lifecycle/retire.ts';
import { notYetPermitted, rollAuthority } from '../../../src/lifecycle/roll.ts';
import { parseCertificate } from '../../../src/pki/certificate.ts';
import { parseCrl } from '../../../src/pki/crl.ts';
import { nameEquals } from '../../../src/pki/name.ts';
import { decodePem } from '../../../src/pki/pem.ts';
import { fakeKeychain } from '../../support/fake-keychain.ts';
import { faultyFiles } from '../../support/faulty-files.ts';
import { scratchFolder, worldAt } from '../../support/scratch.ts';

const WORLD = worldAt('2026-11-24T12:00:00Z');
const noTrust = true;

let home: string;

const ca = (name: string) => join(home, 'ca', name);
const certificateIn = (path: string) =>
  parseCertificate(decodePem(readFileSync(path, 'utf8'), path)[0]?.der ?? new Uint8Array());
const issue = (name: string, world = WORLD) =>
  issueCertificate({ names: [name], out: join(home, '../work') }, { home }, world);
const generations = (name?: string) =>
  openGenerations(home, WORLD, name).map(({ record }) => record.generation);

beforeEach(async () => {
  home = join(scratchFolder(), 'home');
  await initialise({}, home, WORLD);
});

describe('rolling over', () => {
  it('makes a new root and intermediate that issue from then on, and keeps the old files beside', async () => {
    const before = readFileSync(ca('root.pem'));
    const outcome = await rollAuthority({}, home, WORLD);
    expect(outcome).toMatchObject({
      name: 'default',
      generation: 2,
      root: { file: ca('root.pem'), commonName: expect.stringMatching(/ 2$/) },
      previous: { generation: 1, live: 0 },
      rootKeystore: 'discard',
    });
    expect(readFileSync(ca('root-1.pem'))).toEqual(before);
    expect(readFileSync(ca('roots.pem'), 'utf8')).toBe(
      readFileSync(ca('root.pem'), 'utf8') + before.toString(),
    );
    expect(await issue('api.test')).toMatchObject({ generation: 2 });
    expect(generations()).toEqual([2, 1]);
  });

  it('puts the new list into copies in PEM, and leaves the copy of a distribution point to its list', async () => {
    const [pem, der] = [join(home, '../crl.pem'), join(home, '../ca.crl')];
    await renewCrls({ out: pem }, { home }, WORLD);
    await renewCrls({ out: der, format: 'der' }, { home }, WORLD);
    const { issuer } = parseCrl(readFileSync(der));
    expect((await rollAuthority({}, home, WORLD)).staleCopies).toEqual([]);
    expect(readFileSync(pem, 'utf8')).toBe(readFileSync(ca('crl.pem'), 'utf8'));
    const { serialNumber } = await issue('api.test');
    await revokeCertificates([serialNumber], 'unspecified', { home }, WORLD);
    expect(readFileSync(pem, 'utf8')).toBe(readFileSync(ca('crl.pem'), 'utf8'));
    expect(nameEquals(parseCrl(readFileSync(der)).issuer, issuer)).toBe(true);
  });

  it('widens the constraint by what is asked for, and by nothing else', async () => {
    const before = openAuthority(home, WORLD).constraint;
    await rollAuthority({ permit: ['corp.de', '203.0.113.0/24'] }, home, WORLD);
    const { constraint, root } = openAuthority(home, WORLD);
    if (before.unconstrained || constraint.unconstrained) throw new Error('it is constrained');
    expect(constraint).toEqual({
      ...before,
      names: [...before.names, 'corp.de'],
      ranges: [...before.ranges, '203.0.113.0/24'],
    });
    const names = root.certificate.nameConstraints?.permitted.map(
      ({ base }) => 'value' in base && base.value,
    );
    expect(names).toContain('corp.de');
  });

  it('takes another kind of key on request, and keeps the kind otherwise', async () => {
    expect(await rollAuthority({ keyType: 'ec-p384' }, home, WORLD)).toMatchObject({ keyType: 'ec-p384' });
    expect(await rollAuthority({}, home, WORLD)).toMatchObject({ keyType: 'ec-p384', generation: 3 });
    expect(existsSync(ca('root-2.pem'))).toBe(true);
    await expect(rollAuthority({ keyType: 'ed25519' }, home, WORLD)).rejects.toMatchObject({
      code: 'DEVCA_AUTHORITY_KEY_TYPE',
    });
  });

  it('concerns one authority of several, and leaves the default one as it is', async () => {
    await initialise({ name: 'other' }, home, WORLD);
    await rollAuthority({ authority: 'other' }, home, WORLD);
    expect(generations()).toEqual([1]);
    expect(generations('other')).toEqual([2, 1]);
    expect(readdirSync(ca('other')).sort()).toEqual([
      'crl.pem',
      'intermediate-1.pem',
      'intermediate.pem',
      'root-1.pem',
      'root.pem',
      'roots.pem',
    ]);
    await rollAuthority({}, home, WORLD);
    expect(openAuthority(home, WORLD).record).toMatchObject({
      name: 'default',
      generation: 2,
      isDefault: true,
    });
    await expect(rollAuthority({ authority: 'no' }, home, WORLD)).rejects.toMatchObject({
      code: 'DEVCA_AUTHORITY_UNKNOWN',
    });
  });

  it('replaces files in its folder that somebody has changed', async () => {
    writeFileSync(ca('root.pem'), 'mine');
    const { root } = await rollAuthority({}, home, WORLD);
    expect(certificateIn(ca('root.pem')).der).toEqual(root.der);
  });

  it('has no bridge where the key of the root was destroyed', async () => {
    await expect(rollAuthority({ bridge: true }, home, WORLD)).rejects.toMatchObject({
      code: 'DEVCA_ROLLOVER_BRIDGE',
      exitStatus: 1,
    });
    expect(generations()).toEqual([1]);
  });

  it('bridges by the key of the new intermediate, under the old root and its constraint', async () => {
    await initialise({ name: 'kept', rootKeystore: 'file' }, home, WORLD);
    const [before] = openGenerations(home, WORLD, 'kept');
    await rollAuthority({ authority: 'kept', bridge: true, permit: ['corp.de'] }, home, WORLD);
    const bridge = certificateIn(ca('kept/bridge.pem'));
    const { issuer: intermediate, root } = openAuthority(home, WORLD, 'kept');
    expect(bridge.subjectPublicKeyInfo).toEqual(intermediate.certificate.subjectPublicKeyInfo);
    expect(bridge.subject.der).toEqual(intermediate.certificate.subject.der);
    expect(bridge.issuer.der).toEqual(before.root.certificate.subject.der);
    expect(bridge.nameConstraints).toEqual(before.root.certificate.nameConstraints);
    expect(bridge.basicConstraints).toEqual({ cA: true, pathLenConstraint: 0 });
    expect(root.certificate.nameConstraints).not.toEqual(bridge.nameConstraints);
  });
});

describe('what is permitted already', () => {
  it('is not asked for again', async () => {
    const authority = openAuthority(home, WORLD);
    const wanted = ['test', 'a.test', 'TEST', '10.1.0.0/16', '127.0.0.1', '::1', '10.0.0.0/7', 'orders'];
    expect(notYetPermitted(wanted, authority)).toEqual(['10.0.0.0/7', 'orders']);
    await initialise({ name: 'free', unconstrained: true }, home, WORLD);
    expect(notYetPermitted(['google.com'], openAuthority(home, WORLD, 'free'))).toEqual([]);
    expect(() => notYetPermitted(['*.x'], authority)).toThrow(
      expect.objectContaining({ code: 'DEVCA_CONSTRAINT_INVALID' }),
    );
  });
});

describe('retiring', () => {
  it('ends every generation but the latest: keys, files and lists', async () => {
    await rollAuthority({}, home, WORLD);
    await rollAuthority({}, home, WORLD);
    const outcome = await retireAuthority({ noTrust }, home, WORLD);
    expect(outcome).toMatchObject({
      name: 'default',
      retired: true,
      generations: [{ generation: 2 }, { generation: 1 }],
      trust: [],
    });
    expect(readdirSync(ca('.')).sort()).toEqual(['crl.pem', 'intermediate.pem', 'root.pem', 'roots.pem']);
    expect(readdirSync(join(home, 'keys'))).toEqual(['default-3-intermediate.pem']);
    expect(generations()).toEqual([3]);
    expect(await retireAuthority({ noTrust }, home, WORLD)).toMatchObject({
      generations: [],
      retired: false,
    });
  });

  it('is refused while certificates are in use, with their names, unless forced', async () => {
    await issue('api.test');
    await rollAuthority({}, home, WORLD);
    await expect(retireAuthority({ noTrust }, home, WORLD)).rejects.toMatchObject({
      code: 'DEVCA_ROLLOVER_LIVE',
      exitStatus: 1,
      message: expect.stringContaining('generation 1 has 1, such as api.test'),
    });
    expect(generations()).toEqual([2, 1]);
    const later = worldAt('2028-11-24T12:00:00Z');
    expect(await retireAuthority({ noTrust }, home, later)).toMatchObject({ retired: true });
  });

  it('leaves a certificate that was in use without an issuer, if forced', async () => {
    await issue('api.test');
    await rollAuthority({}, home, WORLD);
    expect(await retireAuthority({ noTrust, force: true }, home, WORLD)).toMatchObject({
      retired: true,
      generations: [{ generation: 1, live: 1 }],
    });
  });

  it('ends one generation of several on request', async () => {
    await rollAuthority({}, home, WORLD);
    await rollAuthority({}, home, WORLD);
    await retireAuthority({ noTrust, generation: 1 }, home, WORLD);
    expect(generations()).toEqual([3, 2]);
    expect(existsSync(ca('root-1.pem'))).toBe(false);
    expect(existsSync(ca('root-2.pem'))).toBe(true);
    for (const [generation, reason] of [
      [3, 'it is the one that issues'],
      [1, 'it is retired already'],
      [9, 'there is none'],
    ] as const)
      await expect(retireAuthority({ noTrust, generation }, home, WORLD)).rejects.toMatchObject({
        code: 'DEVCA_ROLLOVER_GENERATION',
        context: { generation, reason },
      });
  });

  it('takes the entries of its keys out of the keychain, and keeps those of the others', async () => {
    const keychain = fakeKeychain();
    const world = { ...WORLD, exec: keychain.exec };
    await initialise({ name: 'kept', keystore: 'keychain', rootKeystore: 'keychain' }, home, world);
    const before = [...keychain.entries.keys()];
    await rollAuthority({ authority: 'kept', bridge: true }, home, world);
    expect(keychain.entries.size).toBe(4);
    expect(
      await issueCertificate(
        { names: ['a.test'], out: join(home, '../work') },
        { home, authority: 'kept' },
        world,
      ),
    ).toMatchObject({ generation: 2 });
    await retireAuthority({ noTrust, authority: 'kept' }, home, world);
    expect(before).toHaveLength(2);
    expect(before.filter((entry) => keychain.entries.has(entry))).toEqual([]);
    expect(keychain.entries.size).toBe(2);
  });

  it('leaves a file that somebody has changed', async () => {
    await rollAuthority({}, home, WORLD);
    writeFileSync(ca('root-1.pem'), 'mine');
    await retireAuthority({ noTrust }, home, WORLD);
    expect(readFileSync(ca('root-1.pem'), 'utf8')).toBe('mine');
  });
});

describe('a disk that is full', () => {
  it.each([
    ['rolled over', [], (world: typeof WORLD) => rollAuthority({}, home, world), [[1], [2, 1]]],
    ['retired', ['roll'], (world: typeof WORLD) => retireAuthority({ noTrust }, home, world), [[2, 1], [2]]],
  ] as const)(
    'while an authority is %s, at any step leaves all of it or none',
    async (_, before, change, states) => {
      let done = false;
      for (let nth = 1; !done; nth += 1) {
        home = join(scratchFolder(), 'home');
        await initialise({}, home, WORLD);
        if (before.length > 0) await rollAuthority({}, home, WORLD);
        const faulty = faultyFiles(WORLD.files, nth, true);
        const failure = await change({ ...WORLD, files: faulty.files }).then(
          () => undefined,
          (error: unknown) => error,
        );
        done = failure === undefined;
        const problems = changeInventory(home, WORLD, (_inventory, recovery) => recovery.problems);
        expect(problems).toEqual([]);
        expect(states).toContainEqual(generations());
        const isChanged = JSON.stringify(generations()) === JSON.stringify(states[1]);
        if (isChanged && before.length > 0) await retireAuthority({ noTrust }, home, WORLD);
        const roots = readFileSync(ca('roots.pem'), 'utf8').match(/BEGIN/g);
        expect(roots).toHaveLength(generations().length);
        expect(await issue(`n${nth}.test`)).toMatchObject({ generation: generations()[0] });
        expect(readdirSync(home).filter((name) => name.endsWith('.tmp'))).toEqual([]);
        const keys = readdirSync(join(home, 'keys')).sort();
        expect(keys).toEqual(
          generations()
            .map((each) => `default-${each}-intermediate.pem`)
            .sort(),
        );
        expect(certificateIn(ca('root.pem')).der).toEqual(openAuthority(home, WORLD).root.certificate.der);
      }
    },
    60_000,
  );
});
