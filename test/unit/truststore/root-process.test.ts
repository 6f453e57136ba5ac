import { chmodSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { startRootProcess } from '../../../src/platform/root-client.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

/** A folder on the PATH in which anybody could put a program. */
const folder = scratchFolder();
chmodSync(folder, 0o777);

/** In no folder that is there. */
const FILE = '/etc/docker/certs.d/no-such-registry.test/devca-0123456789abcdef.crt';

const world = testWorld({
  home: '/nonexistent',
  system: { environment: { PATH: `${folder}:/bin`, HOME: '/home/ada', DEVCA_HOME: '/home/ada/ca' } },
});

describe('the process that stays root', () => {
  it('runs commands one after the other', async () => {
    const run = await startRootProcess(world);
    const [first, second] = await Promise.all([
      run('rm', ['-f', '--', FILE]),
      run('rmdir', ['--', '/etc/docker/certs.d/no-such-registry.test']),
    ]);
    expect(first).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(second).toMatchObject({ status: 1, stderr: expect.stringContaining('no-such-registry.test') });
  });

  it('answers in the words that it was asked with', async () => {
    const run = await startRootProcess(world);
    await expect(run('rm', ['/Zürich'])).rejects.toMatchObject({
      message: expect.stringContaining("rm '/Zürich'"),
    });
  });

  if (process.platform === 'linux') {
    it('has none of the user’s environment', async () => {
      const run = await startRootProcess(world);
      await run('rm', ['-f', '--', FILE]);
      const environment = environmentsOfChildren('root-process');
      expect(environment).not.toEqual([]);
      expect(environment.join('\n')).not.toMatch(/ada/);
      for (const text of environment) {
        expect(text).toMatch(/^PATH=.*\/usr\/bin/m);
        expect(text).not.toContain(folder);
      }
    });
  }

  it('runs no program but those that stores need', async () => {
    const run = await startRootProcess(world);
    // Where this checkout lies, others may be able to change the runtime: then that is said of it.
    await expect(run(process.execPath, ['-e', '1'])).rejects.toMatchObject({ code: 'DEVCA_PROGRAM_FAILED' });
    for (const program of ['/usr/bin/env', '/bin/sh', 'sh'])
      await expect(run(program, ['-c', 'id'])).rejects.toMatchObject({
        code: 'DEVCA_PROGRAM_FAILED',
        message: expect.stringContaining('no trust store needs'),
      });
  });

  it('runs nothing that others than root could have changed, by whatever link', async () => {
    const own = scratchFolder();
    writeFileSync(join(own, 'keytool'), '#!/bin/sh\n');
    chmodSync(join(own, 'keytool'), 0o755);
    symlinkSync('/bin/rm', join(own, 'rm'));
    const run = await startRootProcess(world);
    for (const name of ['keytool', 'rm'])
      await expect(run(join(own, name), [])).rejects.toMatchObject({
        code: 'DEVCA_PROGRAM_FAILED',
        message: expect.stringContaining('others than root may change'),
      });
  });

  it('goes nowhere that others than root could lead it', async () => {
    const own = scratchFolder();
    writeFileSync(join(own, 'file'), '');
    const run = await startRootProcess(world);
    const relative = join(own, 'file').slice(1);
    for (const [program, ...args] of [
      ['rm', '-f', '--', join(own, 'file')],
      ['rm', '-f', '--', relative],
      ['dd', `of=${join(own, 'file')}`],
      ['cp', '-p', '/etc/hostname', '/proc/self/cwd/file'],
      ['keytool', '-list', '-keystore', join(own, 'file')],
      ['certutil', '-L', '-d', `sql:${own}`],
      ['install', `--target-directory=${own}`, '/etc/hostname'],
      ['install', `-t${own}`, '/etc/hostname'],
    ] as const) {
      const exec = run(program, args);
      await expect(exec).rejects.toMatchObject({
        message: expect.stringContaining('others than root may change'),
      });
    }
    expect(existsSync(join(own, 'file'))).toBe(true);
  });

  it('changes nothing that no store has a use for', async () => {
    const run = await startRootProcess(world);
    for (const [program, ...args] of [
      ['rm', '-f', '--', '/etc/no-such-folder/devca-0123456789abcdef.crt'],
      ['rm', '-f', '--', '/etc/docker/certs.d/no-such-registry.test/../../passwd'],
      ['dd', 'of=/etc/no-such-folder/shadow', 'conv=notrunc,fsync', 'status=none'],
      ['install', '-m', '0644', '/dev/null', '/usr/bin/no-such-folder/sh'],
      ['cp', '-pf', '/etc/passwd', '/etc/passwd.devca'],
      ['update-ca-certificates', '--hooksdir', '/usr/bin'],
    ] as const)
      await expect(run(program, args)).rejects.toMatchObject({
        code: 'DEVCA_PROGRAM_FAILED',
        message: expect.stringContaining('no trust store needs'),
      });
  });

  it('is told the password that a file has, and not where that is', async () => {
    const file = join(scratchFolder(), 'password');
    writeFileSync(file, 'secret 1\r\nmore');
    const run = await startRootProcess(world);
    const asked = run('keytool', ['-delete', '-storepass:file', file]);
    await expect(asked).rejects.toMatchObject({
      message: expect.stringContaining('"keytool -delete -storepass:env DEVCA_STORE_PASSWORD"'),
    });
    await expect(run('keytool', ['-storepass:file', '/nonexistent'])).rejects.toMatchObject({
      code: 'DEVCA_FILE_NOT_FOUND',
    });
  });

  it('knows no tool that is not there', async () => {
    const run = await startRootProcess({ ...world, system: { ...world.system, environment: { PATH: '' } } });
    await expect(run('certctl', ['rehash'])).rejects.toMatchObject({ code: 'DEVCA_PROGRAM_FAILED' });
  });
});

/** Of the processes that this one has started. */
function environmentsOfChildren(command: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const parent = /^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        if (parent !== String(process.pid)) return [];
        if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(command)) return [];
        return [readFileSync(`/proc/${pid}/environ`, 'utf8').replaceAll('\0', '\n')];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}
