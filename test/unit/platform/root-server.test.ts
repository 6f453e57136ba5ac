import { describe, expect, it } from '@jest/globals';
import type { ExecOptions } from '../../../src/platform/exec.ts';
import { systemFiles } from '../../../src/platform/files.ts';
import { answerRequest } from '../../../src/platform/root-server.ts';
import { testWorld } from '../../support/test-world.ts';

const done = { program: 'dd', args: [], status: 0, signal: null, stdout: '', stderr: '', timedOut: false };

function machine() {
  const runs: { program: string; args: readonly string[]; options: ExecOptions | undefined }[] = [];
  const base = testWorld({ home: '/root' });
  const world = {
    ...base,
    files: systemFiles,
    exec: {
      find: (program: string) => `/usr/bin/${program}`,
      run: async (program: string, args: readonly string[], options?: ExecOptions) => {
        runs.push({ program, args, options });
        return done;
      },
    },
  };
  return { runs, world };
}

const lineOf = (other: object): string =>
  JSON.stringify({ program: 'dd', args: ['of=/etc/x'], stdin: '', ...other });

describe('a request to root', () => {
  it('brings standard input and a password along, and is run in the folder of nobody', async () => {
    const { runs, world } = machine();
    const stdin = Buffer.from('Zürich').toString('base64');
    expect(await answerRequest(lineOf({ stdin, password: 'secret' }), () => true, world)).toEqual(done);
    const options = { stdin: Buffer.from('Zürich'), timeoutMs: 120_000, workingFolder: '/' };
    const environment = { DEVCA_STORE_PASSWORD: 'secret' };
    expect(runs).toEqual([{ program: 'dd', args: ['of=/etc/x'], options: { ...options, environment } }]);
    await answerRequest(lineOf({}), () => true, world);
    expect(runs[1]?.options).not.toHaveProperty('environment');
  });

  it.each([1, 1e12, -1, '1'])('does not say after how long (%s) the program is ended', async (timeoutMs) => {
    const { runs, world } = machine();
    await answerRequest(lineOf({ timeoutMs }), () => true, world);
    expect(runs[0]?.options).toMatchObject({ timeoutMs: 120_000 });
  });

  it('is refused with its very words where no rule has it', async () => {
    const { runs, world } = machine();
    const asked: unknown[] = [];
    const rule = (command: object) => {
      asked.push(command);
      return false;
    };
    expect(await answerRequest(lineOf({ args: ['of=/etc/x', 'a b'] }), rule, world)).toEqual({
      problem: `root does not run it: no trust store needs "dd of=/etc/x 'a b'"`,
    });
    expect(asked).toEqual([{ program: 'dd', args: ['of=/etc/x', 'a b'] }]);
    expect(runs).toEqual([]);
  });

  it('is refused before any rule where somebody else could lead it elsewhere', async () => {
    const { runs, world } = machine();
    const files = {
      ...systemFiles,
      status: (path: string) => ({ ...statusOf(path), uid: path === '/etc' ? 1000 : 0 }),
    };
    const answer = await answerRequest(lineOf({}), () => true, { ...world, files });
    expect(answer).toEqual({ problem: 'root does not run it: others than root may change "/etc"' });
    expect(runs).toEqual([]);
  });

  it.each([
    'text',
    'null',
    '{}',
    '{"program":1,"args":[],"stdin":""}',
    '{"program":"dd","args":[["of=/etc/x"]],"stdin":""}',
    '{"program":"dd","args":{"0":"of=/etc/x"},"stdin":""}',
    '{"program":"dd","args":[],"stdin":"","password":{"PATH":"/tmp"}}',
  ])('is answered, not run, where it is none: %s', async (line) => {
    const { runs, world } = machine();
    expect(await answerRequest(line, () => true, world)).toHaveProperty('problem');
    expect(runs).toEqual([]);
  });
});

function statusOf(path: string) {
  const kind = path === '/etc/x' ? ('file' as const) : ('folder' as const);
  return { kind, mode: 0o755, uid: 0, gid: 0, size: 0, modifiedAt: new Date(0) };
}
