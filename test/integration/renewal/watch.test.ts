import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { lockPath } from '../../../src/inventory/lock.ts';
import { devca } from '../../support/devca.ts';
import { cleanEnvironment, describeWith } from '../../support/tools.ts';
import { ALWAYS_DUE, renewalLab, startService, startWatch } from './lab.ts';

const TIMEOUT_MS = 60_000;

describe('`devca watch`', () => {
  it(
    'writes a line for each event, and ends well with SIGTERM',
    async () => {
      const lab = renewalLab();
      lab.run('issue', 'api.test', '--out', 'certs');
      const service = startWatch(lab, '--within', ALWAYS_DUE);
      await service.says(/^\S+Z watching .+, every 60 s\n\S+Z renewed api\.test \([0-9a-f]+\) until \S+Z\n/);
      expect(await service.end('SIGTERM')).toBe(0);
      expect(service.output()).toMatch(/Z ended by SIGTERM\n$/);
    },
    TIMEOUT_MS,
  );

  it(
    'says events as JSON, looks again with SIGHUP, and ends with 130 where it is interrupted',
    async () => {
      const lab = renewalLab();
      lab.run('issue', 'api.test', '--out', 'certs');
      const service = startWatch(lab, '--json', '--within', ALWAYS_DUE);
      await service.says(/"event":"renewed"/);
      service.child.kill('SIGHUP');
      await service.says(/"reloaded"[\s\S]*"renewed"/);
      expect(await service.end('SIGINT')).toBe(130);
      const lines = service.output().trim().split('\n');
      const events = lines.map((line): { schema: number; event: string } => JSON.parse(line));
      expect(events.map(({ schema, event }) => `${schema} ${event}`)).toEqual([
        '1 started',
        '1 renewed',
        '1 reloaded',
        '1 renewed',
        '1 stopped',
      ]);
    },
    TIMEOUT_MS,
  );

  it(
    'outlives a lock that another process holds',
    async () => {
      const lab = renewalLab();
      lab.run('issue', 'api.test', '--out', 'certs');
      const child = join(import.meta.dirname, '../crash/lock-child.ts');
      const command = [process.execPath, '--no-warnings', child, lockPath(lab.home)];
      const holder = startService(command, cleanEnvironment(lab.folder));
      await holder.says(/locked/);
      const service = startWatch(lab, '--within', ALWAYS_DUE, '--every', '1s');
      await service.says(/cannot renew api\.test .*\[DEVCA_INVENTORY_LOCKED\]; .*; next try in \d+ s/);
      await holder.end('SIGKILL');
      await service.says(/renewed api\.test/);
      expect(await service.end('SIGTERM')).toBe(0);
    },
    TIMEOUT_MS,
  );

  it('looks once where that is asked for, with a status that tells', () => {
    const lab = renewalLab();
    lab.run('issue', 'api.test', '--out', 'certs');
    const environment = { DEVCA_HOME: lab.home };
    const once = (...args: string[]) =>
      devca(['watch', '--once', ...args], { home: lab.folder, environment });
    expect(once()).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(once('--within', '9000d')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/ renewed /),
    });
    rmSync(join(lab.certs, 'api.test-key.pem'));
    expect(once('--within', '9000d')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('[DEVCA_RENEWAL_KEY]'),
    });
    expect(once('--home', join(lab.folder, 'none'))).toMatchObject({ status: 3 });
  });
});

describe('a hook', () => {
  it('has an environment without DEVCA_* and nothing else of ours, and is told what was renewed', () => {
    const lab = renewalLab();
    lab.run('issue', 'api.test', '--out', 'certs');
    const script = join(lab.folder, 'hook.sh');
    writeFileSync(script, '#!/bin/sh\nenv >environment\ncat >input\necho "$1" >argument\n', { mode: 0o755 });
    const { status, stderr } = devca(['renew', 'api.test', '--hook', './hook.sh', '--', '$(id) *'], {
      home: lab.folder,
      environment: { DEVCA_HOME: lab.home, DEVCA_PASSWORD: 'secret1', API_TOKEN: 'secret' },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: `ran "${script}"\n` });
    const file = (name: string) => readFileSync(join(lab.folder, name), 'utf8');
    expect(file('environment')).not.toMatch(/DEVCA|secret/);
    expect(file('argument')).toBe('$(id) *\n');
    expect(JSON.parse(file('input'))).toMatchObject({ renewed: [{ names: ['api.test'] }] });
  });
});

describeWith(['systemd-analyze'], 'the file for systemd', () => {
  it('is one that systemd takes, whatever the paths and arguments', () => {
    const lab = renewalLab();
    const args = [
      'watch',
      '--print-unit',
      'systemd',
      '--hook',
      'sh',
      '--',
      '-c',
      'echo "100%" $HOME \\ done',
    ];
    const { status, stdout } = devca(args, {
      home: lab.folder,
      environment: { DEVCA_HOME: join(lab.folder, 'a home') },
    });
    expect(status).toBe(0);
    expect(stdout).toContain('"echo \\"100%%\\" $$HOME \\\\ done"');
    expect(stdout).toContain(`--home "${join(lab.folder, 'a home')}"`);
    const unit = join(lab.folder, 'devca-watch.service');
    writeFileSync(unit, stdout);
    const verified = spawnSync('systemd-analyze', ['verify', '--user', unit], {
      encoding: 'utf8',
      env: { ...cleanEnvironment(lab.folder), XDG_RUNTIME_DIR: lab.folder },
    });
    expect(verified.stderr.split('\n').filter((line) => line.includes('devca-watch'))).toEqual([]);
  });
});

describeWith(['python3'], 'the file for launchd', () => {
  it('is a property list with the command line word for word', () => {
    const lab = renewalLab();
    const words = ['-c', 'echo <&> "x"'];
    const args = ['watch', '--print-unit', 'launchd', '--hook', 'sh', '--', ...words];
    const { stdout } = devca(args, { home: lab.folder, environment: { DEVCA_HOME: lab.home } });
    const read = 'import json, plistlib, sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))';
    const { stdout: json, stderr } = spawnSync('python3', ['-c', read], { input: stdout, encoding: 'utf8' });
    expect(stderr).toBe('');
    const list = JSON.parse(json) as { ProgramArguments: string[] };
    expect(list).toMatchObject({ Label: 'dev.devca.watch', RunAtLoad: true });
    expect(list.ProgramArguments.slice(0, 5)).toEqual([
      process.execPath,
      expect.stringMatching(/bin.devca\.js$/),
      'watch',
      '--home',
      lab.home,
    ]);
    expect(list.ProgramArguments.slice(-2)).toEqual(words);
  });
});
