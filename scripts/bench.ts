// Measures what users wait for, and prints it beside what it is held against. It asserts nothing, since figures depend
// on the machine; ratios of pairs that ran in turn depend on it least.
//   npm run bench [-- --runs N] [--only start|bulk|inventory|wire] [--json]
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchBulk } from './bench-bulk.ts';
import { benchInventory } from './bench-inventory.ts';
import { benchStart, launcher } from './bench-processes.ts';
import type { BenchRow } from './bench-row.ts';
import { benchWire } from './bench-wire.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '21' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  platform: `${process.platform} ${process.arch}`,
  node: process.version,
  load: loadavg().map((load) => Number(load.toFixed(2))),
  runs,
};

if (!existsSync(join(import.meta.dirname, '../dist/main.cjs'))) {
  console.error('there is no program to measure yet: run "npm run build"');
  process.exit(5);
}
const scratch = mkdtempSync(join(tmpdir(), 'devca-bench-'));
try {
  const launch = launcher(scratch);
  const wants = (part: string): boolean => values.only === undefined || values.only === part;
  const rows: BenchRow[] = [];
  if (wants('start')) rows.push(...benchStart(launch, runs));
  if (wants('bulk')) rows.push(...(await benchBulk(scratch, runs)));
  if (wants('inventory')) rows.push(...benchInventory(scratch, launch, runs));
  if (wants('wire')) rows.push(...(await benchWire(scratch, runs)));
  console.log(values.json ? JSON.stringify({ schema: 1, machine, rows }, null, 2) : table(rows));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function table(rows: readonly BenchRow[]): string {
  const { cpu, cores, platform, node, load } = machine;
  const cells = rows.map((row) => [
    row.what,
    row.ms.toFixed(1),
    row.against,
    row.againstMs.toFixed(1),
    row.ratio.toFixed(2),
    row.target === undefined ? '' : `at most ${row.target}`,
  ]);
  const all = [['WHAT', 'MS', 'AGAINST', 'MS', 'RATIO', 'TARGET'], ...cells];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0))) ?? [];
  const lines = all.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const title = `${cpu}, ${cores} cores, ${platform}, node ${node}, load ${load.join(' ')}, medians of ${runs} runs`;
  return [title, '', ...lines].join('\n');
}
