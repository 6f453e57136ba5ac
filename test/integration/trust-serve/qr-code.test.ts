import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { PROJECT } from '../../support/devca.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { typeOnTerminal } from '../../support/terminal.ts';
import { cleanEnvironment, describeWith } from '../../support/tools.ts';
import { newUser } from './lab.ts';

const SCALE = 4;

/** Photographs the lines of a terminal that have blocks in them; gives what a scanner reads. */
function scan(terminal: string, ink: 'dark' | 'light'): string {
  const rows = terminal
    .split('\n')
    .map((line) => line.replaceAll(/\u001b\[[0-9;]*m|\r/g, ''))
    .filter((line) => /^[ █▀▄]{20,}$/.test(line))
    .flatMap((line) => ['█▀', '█▄'].map((halves) => [...line].map((cell) => halves.includes(cell))));
  const isBlack = (inked: boolean): number => (inked === (ink === 'dark') ? 1 : 0);
  const pixels = rows
    .flatMap((row) => Array(SCALE).fill(row.flatMap((inked) => Array(SCALE).fill(isBlack(inked)))))
    .map((row: number[]) => row.join(' '));
  const file = join(scratchFolder(), 'code.pbm');
  const [width, height] = [(rows[0]?.length ?? 0) * SCALE, pixels.length];
  writeFileSync(file, `P1\n${width} ${height}\n${pixels.join('\n')}\n`);
  const { stdout } = spawnSync('zbarimg', ['--quiet', '--raw', file], { encoding: 'utf8' });
  return stdout.trim();
}

describeWith(['zbarimg', 'python3', 'stty'], 'the QR code on a terminal', () => {
  const home = newUser();
  const onTerminal = (columns: number, args: string, environment: Record<string, string> = {}): string => {
    const script = `stty cols ${columns} rows 50; exec "${process.execPath}" "${PROJECT}/bin/devca.js" trust serve --minutes 0.01 ${args}`;
    const env = { ...cleanEnvironment(home), ...environment };
    return typeOnTerminal([], ['/bin/sh', '-c', script], { env }).said;
  };
  const urlIn = (text: string): string | undefined => /http:\/\/[0-9a-z.:/[\]]+/.exec(text)?.[0];

  it.each([
    ['black on white', 'lo', {}, 'dark'],
    ['in the colours of a dark terminal, with NO_COLOR', 'lo', { NO_COLOR: '1' }, 'light'],
    ['for a longer address', '::1', {}, 'dark'],
  ] as const)('is read by a scanner: %s', (_what, lan, environment, ink) => {
    const text = onTerminal(80, `--lan ${lan}`, environment);
    expect(urlIn(text)).toMatch(/^http:/);
    expect(scan(text, ink)).toBe(urlIn(text));
  });

  it.each([
    ['a terminal that is too narrow', 30, '--lan lo', {}],
    ['--no-qr', 80, '--lan lo --no-qr', {}],
    ['an address that no phone can reach', 80, '', {}],
    ['a locale without the blocks', 80, '--lan lo', { LC_ALL: 'C' }],
  ])('is left out with %s', (_what, columns, args, environment) => {
    const text = onTerminal(columns, args, environment);
    expect(urlIn(text)).toMatch(/^http:/);
    expect(text).not.toMatch(/[█▀▄]/);
  });
});
