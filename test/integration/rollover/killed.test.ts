import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { openGenerations } from '../../../src/authority/generations.ts';
import { issueCertificate } from '../../../src/authority/issue.ts';
import { changeInventory } from '../../../src/authority/recovery.ts';
import { destroy } from '../../../src/lifecycle/destroy.ts';
import { initialise } from '../../../src/lifecycle/init.ts';
import { retireAuthority } from '../../../src/lifecycle/retire.ts';
import { rollAuthority } from '../../../src/lifecycle/roll.ts';
import { parseCrl } from '../../../src/pki/crl.ts';
import { decodePem } from '../../../src/pki/pem.ts';
import { realWorld } from '../../../src/platform/world.ts';
import { scratchFolder } from '../../support/scratch.ts';

jest.setTimeout(120_000);

const PROGRAM = resolve(import.meta.dirname, '../../support/authority-process.ts');
const WORLD = realWorld();

let home: string;

const ca = (name: string) => join(home, 'ca', name);
const generations = () => openGenerations(home, WORLD).map(({ record }) => record.generation);
const count = (path: string) => readFileSync(path, 'utf8').match(/-----BEGIN/g)?.length;

/** Runs the program and kills it as soon as the inventory's lock is taken and some time has passed. */
function runKilled(args: readonly string[], afterMs: number): Promise<void> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, ['--no-warnings', PROGRAM, ...args], { stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      done();
    });
  });
}

/** Times over which the program ends: from its start to well after its end. */
const KILLS = Array.from({ length: 16 }, (_, index) => 120 + index * 15);

/** What an interrupted run left is settled, and nothing half done is left. */
function settle(): void {
  expect(changeInventory(home, WORLD, (_inventory, { problems }) => problems)).toEqual([]);
  for (const folder of [home, ca('.'), join(home, 'keys')])
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
}

beforeEach(async () => {
  home = join(scratchFolder(), 'home');
  await initialise({}, home, WORLD);
});

describe('a process that is killed', () => {
  it('while it revokes leaves the revocation with its list, or neither', async () => {
    const out = scratchFolder();
    for (const [index, killAfterMs] of KILLS.entries()) {
      const { serialNumber } = await issueCertificate({ names: [`n${index}.test`], out }, { home }, WORLD);
      await runKilled(['revoke', home, serialNumber], killAfterMs);
      settle();
      const isRevoked = changeInventory(
        home,
        WORLD,
        ({ certificates }) => certificates.bySerial(serialNumber)[0]?.revokedAt !== undefined,
      );
      const [block] = decodePem(readFileSync(ca('crl.pem'), 'utf8'), 'crl.pem');
      const { revoked } = parseCrl(block?.der ?? new Uint8Array());
      expect(revoked.some((entry) => entry.serialNumber === serialNumber)).toBe(isRevoked);
    }
  });

  it('while it rolls over leaves one generation more or none', async () => {
    for (const killAfterMs of KILLS) {
      const before = generations();
      await runKilled(['roll', home], killAfterMs);
      settle();
      const [latest = 0] = generations();
      expect([before.length, before.length + 1]).toContain(latest);
      expect(count(ca('roots.pem'))).toBe(latest);
      expect(count(ca('crl.pem'))).toBe(2 * latest);
      expect(readdirSync(join(home, 'keys'))).toHaveLength(latest);
    }
    await rollAuthority({}, home, WORLD);
  });

  it('while it retires leaves both generations or one, and the next retirement finishes the work', async () => {
    for (const killAfterMs of KILLS) {
      await rollAuthority({}, home, WORLD);
      await runKilled(['retire', home], killAfterMs);
      settle();
      expect([1, 2]).toContain(generations().length);
      expect(count(ca('roots.pem'))).toBe(generations().length);
      await retireAuthority({ noTrust: true }, home, WORLD);
      expect(count(ca('roots.pem'))).toBe(1);
      expect(readdirSync(join(home, 'keys'))).toHaveLength(1);
      expect(readdirSync(ca('.')).filter((name) => /-\d+\.pem$/.test(name))).toEqual([]);
      expect(existsSync(ca('root.pem'))).toBe(true);
    }
  });

  it('while it destroys one of several leaves all that it needs to be done again', async () => {
    for (const [index, killAfterMs] of KILLS.entries()) {
      expect(await initialise({ name: 'work' }, home, WORLD)).toMatchObject({ generation: index + 1 });
      await runKilled(['destroy', home, 'work'], killAfterMs);
      settle();
      expect(await destroy({ authority: 'work', noTrust: true }, home, WORLD)).toMatchObject({ left: [] });
      expect(readdirSync(join(home, 'keys'))).toEqual(['default-1-intermediate.pem']);
      expect(existsSync(ca('work'))).toBe(false);
      expect(changeInventory(home, WORLD, (inventory) => inventory.check())).toEqual([]);
    }
  });
});
