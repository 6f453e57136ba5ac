import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { issueCertificate } from '../../../src/authority/issue.ts';
import { openAuthority, openSigner } from '../../../src/authority/open-authority.ts';
import { inventoryPath, openInventory } from '../../../src/inventory/database.ts';
import { initialise } from '../../../src/lifecycle/init.ts';
import { sha256Hex } from '../../../src/pki/fingerprint.ts';
import { realWorld } from '../../../src/platform/world.ts';
import { scratchFolder } from '../../support/scratch.ts';

const PROGRAM = resolve(import.meta.dirname, '../../support/authority-process.ts');
const WORLD = realWorld();

/** Runs the program, killed after some time where one is given; `undefined` for one that did not end by itself. */
function run(args: readonly string[], killAfterMs?: number): Promise<Record<string, unknown> | undefined> {
  return new Promise((resolvePromise, reject) => {
    const child = spawn(process.execPath, ['--no-warnings', PROGRAM, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    if (killAfterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    child.on('error', reject);
    child.on('close', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      resolvePromise(text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>));
    });
  });
}

/** Whatever happened, this holds once a command that writes has run: no half-made thing is left anywhere. */
function expectNothingHalfDone(home: string, folder: string): void {
  const leftovers = [home, join(home, 'ca'), join(home, 'keys'), folder]
    .filter((path) => existsSync(path))
    .flatMap((path) => readdirSync(path))
    .filter((name) => name.endsWith('.tmp'));
  expect(leftovers).toEqual([]);
  const inventory = openInventory(inventoryPath(home), WORLD, { readOnly: true });
  expect(inventory.deliveries.hasUnfinished()).toBe(false);
  expect(inventory.check()).toEqual([]);
  for (const row of inventory.certificates.list({ at: WORLD.clock.now(), endEntitiesOnly: true })) {
    const files = inventory.deliveries.current({ table: 'certificates', id: row.id });
    if (row.replacedBy === undefined) expect(files).toHaveLength(3);
    for (const { path, sha256 } of files) expect(sha256Hex(readFileSync(path))).toBe(sha256);
  }
  inventory.close();
}

describe('processes at the same time', () => {
  it('make one authority', async () => {
    const home = join(scratchFolder(), 'home');
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => run(['init', home])));
    expect(outcomes.map((outcome) => outcome?.['error'])).toEqual(Array(6).fill(undefined));
    expect(outcomes.filter((outcome) => outcome?.['created'] === true)).toHaveLength(1);
    const roots = outcomes.map((outcome) => JSON.stringify(outcome?.['root']));
    expect(new Set(roots).size).toBe(1);
  }, 60_000);

  it('issue without losing or mixing anything, to places of their own and to the same one', async () => {
    const folder = scratchFolder();
    const home = join(folder, 'home');
    await initialise({}, home, WORLD);
    const out = join(folder, 'out');
    const names = ['a.test', 'b.test', 'c.test', 'same.test', 'same.test', 'same.test'];
    const outcomes = await Promise.all(names.map((name) => run(['issue', home, out, name])));
    expect(outcomes.map((outcome) => outcome?.['error'])).toEqual(Array(6).fill(undefined));
    expect(new Set(outcomes.map((outcome) => outcome?.['serialNumber'])).size).toBe(6);
    expect(outcomes.flatMap((outcome) => outcome?.['replaced'])).toHaveLength(2);
    expectNothingHalfDone(home, out);
  }, 60_000);
});

describe('processes that are killed', () => {
  it('while they make an authority leave one or none, and it can be made then', async () => {
    for (let killAfterMs = 60; killAfterMs <= 260; killAfterMs += 20) {
      const home = join(scratchFolder(), 'home');
      await run(['init', home], killAfterMs);
      const outcome = await initialise({}, home, WORLD);
      expect(outcome.recovery.problems).toEqual([]);
      await openSigner(openAuthority(home, WORLD), WORLD);
      expect(readdirSync(join(home, 'ca')).sort()).toEqual([
        'crl.pem',
        'intermediate.pem',
        'root.pem',
        'roots.pem',
      ]);
      expect(readdirSync(join(home, 'keys'))).toEqual(['default-1-intermediate.pem']);
      expectNothingHalfDone(home, home);
    }
  }, 120_000);

  it('while they issue leave all of a certificate or nothing', async () => {
    const folder = scratchFolder();
    const [home, out] = [join(folder, 'home'), join(folder, 'out')];
    mkdirSync(out);
    await initialise({}, home, WORLD);
    for (let killAfterMs = 60; killAfterMs <= 260; killAfterMs += 20) {
      await run(['issue', home, out, 'localhost'], killAfterMs);
      await issueCertificate({ names: ['other.test'], out }, { home }, WORLD);
      expectNothingHalfDone(home, out);
    }
  }, 120_000);
});
