import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { inventoryPath, openInventory } from '../../../src/inventory/database.ts';
import { realWorld } from '../../../src/platform/world.ts';
import { createLab, type Lab } from '../../support/acceptance-lab.ts';
import { runProgram } from '../../support/acceptance-verdicts.ts';
import { discrepancies, filesUnder } from '../../support/delivery-lab.ts';
import { PROJECT } from '../../support/devca.ts';

const BULK = resolve(import.meta.dirname, '../../support/bulk-process.ts');

async function run(lab: Lab, ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await runProgram(process.execPath, args, { home: lab.folder });
  if (status !== 0) throw new Error(`"${args.join(' ')}" ended with ${status}: ${stderr}`);
  return stdout;
}

function outFolder(lab: Lab): string {
  const folder = join(lab.folder, 'out');
  mkdirSync(folder);
  return folder;
}

/** Every serial number has one row, every row its three files, and every file its row. */
function expectRecorded(lab: Lab, out: string, serials: readonly string[]): void {
  expect(new Set(serials).size).toBe(serials.length);
  const inventory = openInventory(inventoryPath(lab.home), realWorld(), { readOnly: true });
  try {
    const rows = inventory.certificates.list({ at: new Date(), endEntitiesOnly: true });
    expect(rows.map(({ serialNumber }) => serialNumber).sort()).toEqual([...serials].sort());
    expect(discrepancies(out, inventory)).toEqual([]);
    expect(filesUnder(out)).toHaveLength(3 * serials.length);
  } finally {
    inventory.close();
  }
}

describe('two processes that issue at once', () => {
  it('give distinct serial numbers, 20 commands each', async () => {
    const lab = createLab();
    const out = outFolder(lab);
    const issueInTurn = async (prefix: string): Promise<string[]> => {
      const serials: string[] = [];
      for (let index = 0; index < 20; index += 1) {
        const args = ['issue', '--json', '--out', out, `${prefix}-${index}.test`];
        const stdout = await run(lab, join(PROJECT, 'bin/devca.js'), ...args);
        serials.push((JSON.parse(stdout) as { certificate: { serial: string } }).certificate.serial);
      }
      return serials;
    };
    const serials = await Promise.all(['left', 'right'].map(issueInTurn));
    expectRecorded(lab, out, serials.flat());
  }, 60_000);

  it('give distinct serial numbers, 500 certificates each through the library', async () => {
    const lab = createLab();
    const out = outFolder(lab);
    const serials = await Promise.all(
      ['left', 'right'].map(
        async (prefix) =>
          JSON.parse(await run(lab, '--no-warnings', BULK, lab.home, out, '500', prefix)) as string[],
      ),
    );
    expect(serials.map(({ length }) => length)).toEqual([500, 500]);
    expectRecorded(lab, out, serials.flat());
  }, 120_000);
});
