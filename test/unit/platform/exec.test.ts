import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { lastLines, programPaths, systemExec } from '../../../src/platform/exec.ts';
import { environmentOf, thisSystem } from '../../../src/platform/system.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

const exec = systemExec(thisSystem());

describe('exec', () => {
  it('gives status, output and what was written to standard input', async () => {
    const outcome = await exec.run('sh', ['-c', 'cat; echo told >&2; exit 3'], { stdin: 'secret' });
    expect(outcome).toMatchObject({ status: 3, stdout: 'secret', stderr: 'told\n', timedOut: false });
  });

  it('passes arguments as they are, without a shell', async () => {
    const { stdout } = await exec.run('printf', ['%s|', 'a b', '$(id)', '; rm']);
    expect(stdout).toBe('a b|$(id)|; rm|');
  });

  it('runs a program elsewhere where the working folder cannot be entered', async () => {
    const system = { ...thisSystem(), workingFolder: join(scratchFolder(), 'gone') };
    expect((await systemExec(system).run('pwd', [])).stdout).toBe('/\n');
  });

  it('kills a program that takes too long and says so', async () => {
    const outcome = await exec.run('sleep', ['30'], { timeoutMs: 50 });
    expect(outcome).toMatchObject({ status: null, signal: 'SIGKILL', timedOut: true });
  });

  it('ends a program and all that it has started when it is told to', async () => {
    const enough = new AbortController();
    const left = join(scratchFolder(), 'left');
    const script = '(sleep 0.4; touch "$0") & wait';
    const run = exec.run('sh', ['-c', script, left], { signal: enough.signal });
    setTimeout(() => enough.abort(), 100);
    expect(await run).toMatchObject({ status: null, signal: 'SIGKILL', timedOut: false });
    await delay(600);
    expect(existsSync(left)).toBe(false);
  });

  it('does not wait for what a killed program has started', async () => {
    const started = performance.now();
    await exec.run('sh', ['-c', 'sleep 20 & wait'], { timeoutMs: 50 });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('passes on an allow-list of the environment, never DEVCA_ variables', async () => {
    const { system } = testWorld({
      home: scratchFolder(),
      environment: {
        PATH: process.env['PATH'] ?? '',
        DEVCA_PASSPHRASE: 'secret',
        LD_PRELOAD: '/x',
        LANG: 'C',
      },
    });
    const { stdout } = await systemExec(system).run('env', [], { environment: { EXTRA: '1' } });
    expect(stdout).toContain('LANG=C');
    expect(stdout).toContain('EXTRA=1');
    expect(stdout).not.toMatch(/DEVCA_PASSPHRASE|LD_PRELOAD/);
  });

  it('refuses a program that is not there with DEVCA_PROGRAM_MISSING', async () => {
    await expect(exec.run('devca-no-such-program', [])).rejects.toMatchObject({
      code: 'DEVCA_PROGRAM_MISSING',
    });
    expect(exec.find('devca-no-such-program')).toBeUndefined();
    expect(exec.find('sh')).toMatch(/\/sh$/);
  });

  it('refuses a program that cannot be started with DEVCA_PROGRAM_FAILED', async () => {
    await expect(exec.run('sh', [], { workingFolder: '/no/such/folder' })).rejects.toMatchObject({
      code: 'DEVCA_PROGRAM_FAILED',
    });
  });

  it('keeps the last lines of what a program said', () => {
    expect(lastLines('a\nb\nc\nd\n')).toBe('b; c; d');
  });
});

describe('where a program is looked for', () => {
  const windows = (variables: Readonly<Record<string, string>>) =>
    testWorld({
      home: 'C:\\ada',
      system: { platform: 'win32', environment: environmentOf(variables, 'win32') },
    }).system;

  it('is the absolute folders of the PATH', () => {
    const { system } = testWorld({ home: '/', environment: { PATH: '/a:b::/c' } });
    expect(programPaths('tool', system)).toEqual(['/a/tool', '/c/tool']);
    expect(programPaths('/opt/tool', system)).toEqual(['/opt/tool']);
    expect(programPaths('tool', testWorld({ home: '/' }).system)).toEqual([]);
  });

  it('is the Path of Windows, whatever its name is there', () => {
    const system = windows({ Path: 'C:\\bin;rel;"D:\\My Tools"', PathExt: '.COM;.EXE;.BAT;.CMD;.PS1' });
    expect(programPaths('tool', system)).toEqual([
      'C:\\bin\\tool.COM',
      'C:\\bin\\tool.EXE',
      'D:\\My Tools\\tool.COM',
      'D:\\My Tools\\tool.EXE',
    ]);
    expect(programPaths('certutil.exe', system)[0]).toBe('C:\\bin\\certutil.exe');
    expect(programPaths('C:\\jdk\\bin\\keytool', system)).toEqual([
      'C:\\jdk\\bin\\keytool.COM',
      'C:\\jdk\\bin\\keytool.EXE',
    ]);
  });

  it('is never a batch file, which only the command interpreter runs', () => {
    for (const PATHEXT of ['.BAT;.CMD', ''])
      expect(programPaths('npm', windows({ Path: 'C:\\bin', PATHEXT }))).toEqual(['C:\\bin\\npm.exe']);
    expect(programPaths('npm.cmd', windows({ Path: 'C:\\bin' }))).toEqual(['C:\\bin\\npm.cmd.exe']);
  });
});
