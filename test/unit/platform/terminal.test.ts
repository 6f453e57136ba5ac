import { spawn, spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PROJECT } from '../../support/devca.ts';

const MODULE = JSON.stringify(resolve(PROJECT, 'src/platform/terminal.ts'));
const BEGIN = `import { processTerminal } from ${MODULE}; import { thisSystem } from ${JSON.stringify(
  join(PROJECT, 'src/platform/system.ts'),
)}; const terminal = processTerminal(thisSystem());`;

/** The descriptors of this process belong to the test runner, so another one has the terminal; its input is a pipe. */
const node = (script: string): string[] => [
  '--no-warnings',
  '--input-type=module',
  '-e',
  `${BEGIN}${script}`,
];

function run(script: string, input: string | Buffer = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, node(script), { input });
  return { status, stdout: stdout.toString('latin1'), stderr: stderr.toString('utf8') };
}

/** What comes of a question that gets these keys. */
const ask = (method: 'ask' | 'askHidden', keys: string) =>
  run(
    `const said = await terminal.${method}('Well? ').catch((error) => ({ name: error.name, status: error.exitStatus }));
     terminal.writeOut(JSON.stringify(said ?? null));`,
    keys,
  );

describe('a question on the terminal', () => {
  it('gets the line that was typed', () => {
    const { stdout, stderr } = ask('ask', 'yes\r');
    expect(stdout).toBe('"yes"');
    expect(stderr).toMatch(/Well\? .*yes.*\n$/s);
  });

  it('does not show what is to be hidden', () => {
    expect(ask('askHidden', 'open sesame\r')).toEqual({
      status: 0,
      stdout: '"open sesame"',
      stderr: 'Well? \n',
    });
  });

  it.each(['ask', 'askHidden'] as const)('is no answer at Ctrl-C, but an interruption: %s', (method) => {
    const { stdout, stderr } = ask(method, 'half of it\u0003');
    expect(JSON.parse(stdout)).toEqual({ name: 'Interruption', status: 130 });
    expect(stderr.endsWith('\n')).toBe(true);
  });

  it.each(['ask', 'askHidden'] as const)('has none at the end of input: %s', (method) => {
    for (const keys of ['\u0004', '']) {
      const { stdout, stderr } = ask(method, keys);
      expect(stdout).toBe('null');
      expect(stderr.endsWith('\n')).toBe(true);
    }
  });
});

describe('the standard streams', () => {
  it('are no terminal in a pipe, and then nobody is asked', () => {
    const script =
      'const { canAsk, stdoutIsTerminal, stderrIsTerminal, columns } = terminal; terminal.writeOut(JSON.stringify([canAsk, stdoutIsTerminal, stderrIsTerminal, columns]));';
    expect(JSON.parse(run(script).stdout)).toEqual([false, false, false, 80]);
  });

  it('carry bytes as they are, and text as UTF-8', () => {
    expect(run(`terminal.writeOut(new Uint8Array([0, 255])); terminal.writeError('é');`)).toEqual({
      status: 0,
      stdout: '\u0000\u00ff',
      stderr: 'é',
    });
  });

  it('give all of the input', () => {
    const bytes = Buffer.alloc(200_000, 'devca ');
    expect(run('terminal.writeOut(await terminal.readInput());', bytes).stdout).toBe(bytes.toString());
  });

  it('may lose their reader, which is no failure', async () => {
    const child = spawn(
      process.execPath,
      node(`for (let i = 0; i < 9; i++) terminal.writeOut('x'.repeat(1e6));`),
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    child.stdout?.once('data', () => child.stdout?.destroy());
    expect(await new Promise((settle) => child.on('exit', settle))).toBe(0);
  });
});
