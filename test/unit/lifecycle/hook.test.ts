import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DevcaError } from '../../../src/errors/devca-error.ts';
import { inventoryPath, openInventory } from '../../../src/inventory/database.ts';
import { findHook, type Hook, hookError, runHook } from '../../../src/lifecycle/hook.ts';
import { initialise } from '../../../src/lifecycle/init.ts';
import { renderUnit } from '../../../src/lifecycle/watch-unit.ts';
import { realWorld, type World } from '../../../src/platform/world.ts';
import { run } from '../../../src/run.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

const NEVER = new AbortController().signal;

async function set() {
  const folder = scratchFolder();
  const [home, work] = [join(folder, 'home'), join(folder, 'work')];
  mkdirSync(work);
  const real = realWorld();
  const world: World = { ...real, system: { ...real.system, workingFolder: work } };
  await initialise({}, home, world);
  const events = () => {
    const inventory = openInventory(inventoryPath(home), world, { readOnly: true });
    const latest = inventory.events.latest(1);
    inventory.close();
    return latest;
  };
  const shell = (script: string, timeoutMs = 20_000): Promise<Awaited<ReturnType<typeof runHook>>> => {
    const hook: Hook = findHook('sh', ['-c', script], timeoutMs, world);
    return runHook(hook, [], NEVER, home, world);
  };
  return { home, work, world, events, shell };
}

describe('a hook', () => {
  it('is a path where it has a slash, else a program on the PATH', async () => {
    const { work, world } = await set();
    const script = join(work, 'reload.sh');
    writeFileSync(script, '#!/bin/sh\n', { mode: 0o755 });
    expect(findHook('./reload.sh', [], 1, world).program).toBe(script);
    expect(findHook('sh', [], 1, world).program).toMatch(/^\/.*\/sh$/);
    writeFileSync(join(work, 'plain.sh'), '', { mode: 0o644 });
    for (const file of ['reload.sh', './plain.sh', './none', '.'])
      expect(() => findHook(file, [], 1, world)).toThrow(
        expect.objectContaining({ code: 'DEVCA_HOOK_UNUSABLE', exitStatus: 2 }),
      );
  });

  it('is a program, and no command line: the hint says how that is given', async () => {
    const { work, world } = await set();
    writeFileSync(join(work, 'plain.sh'), '', { mode: 0o644 });
    const hintsFor = (file: string) => {
      try {
        findHook(file, [], 1, world);
      } catch (error) {
        return error instanceof DevcaError ? error.hints.join('\n') : '';
      }
      return '';
    };
    expect(hintsFor('nginx -s reload')).toContain('as in "--hook nginx -- -s reload"');
    expect(hintsFor('./plain.sh')).toContain('"chmod +x ./plain.sh"');
    expect(hintsFor('./none')).not.toContain('chmod');
  });

  it('is recorded with how it ended, and without its arguments', async () => {
    const { shell, events } = await set();
    expect(await shell('exit 0 # secret')).toMatchObject({ ok: true, outcome: 'ended with status 0' });
    expect(events()).toMatchObject([{ kind: 'hook-run', details: { ok: true, status: 0, serials: [] } }]);
    expect(JSON.stringify(events())).not.toContain('secret');
  });

  it('that fails says why', async () => {
    const { shell, events } = await set();
    const outcome = await shell('echo no such server >&2; exit 3');
    expect(hookError(outcome)).toMatchObject({
      code: 'DEVCA_HOOK_FAILED',
      exitStatus: 1,
      message: expect.stringContaining('ended with status 3: no such server'),
    });
    expect(events()).toMatchObject([{ kind: 'hook-run', details: { ok: false, status: 3 } }]);
  });

  it('that hangs is ended, also where what it has started hangs too', async () => {
    const { shell, events } = await set();
    const started = performance.now();
    const outcome = await shell('sleep 30 & sleep 30', 300);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(outcome).toMatchObject({
      ok: false,
      timedOut: true,
      outcome: 'took longer than 0.3 s and was ended',
    });
    expect(events()).toMatchObject([{ details: { timedOut: true } }]);
  });

  it('that hangs is ended with all that it has started', async () => {
    const { shell, work } = await set();
    const file = join(work, 'late');
    await shell(`(sleep 1; touch '${file}') & wait`, 300);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(existsSync(file)).toBe(false);
  });

  it('that cannot be started is one that fails', async () => {
    const { home, work, world } = await set();
    writeFileSync(join(work, 'reload.sh'), '#!/no/such/interpreter\n', { mode: 0o755 });
    const outcome = await runHook(findHook('./reload.sh', [], 1000, world), [], NEVER, home, world);
    expect(outcome).toMatchObject({ ok: false, outcome: 'could not be started' });
  });
});

describe('the file of a service', () => {
  it('refuses what it cannot hold: DEVCA_UNIT_TEXT', () => {
    const { system } = realWorld();
    for (const kind of ['systemd', 'launchd'] as const)
      expect(() => renderUnit(kind, '{{command}}', ['a\nb'], system)).toThrow(
        expect.objectContaining({ code: 'DEVCA_UNIT_TEXT' }),
      );
  });

  it('has words that need it in quotes, with what systemd would expand doubled', () => {
    const { system } = realWorld();
    const words = ['/usr/bin/node', 'a b', '50%', '$HOME', '"q"', '\\', ''];
    expect(renderUnit('systemd', '{{command}}', words, system)).toBe(
      '/usr/bin/node "a b" "50%%" "$$HOME" "\\"q\\"" "\\\\" ""',
    );
  });
});

describe('the command lines of renewal', () => {
  const devca = async (home: string, ...words: string[]) => {
    const world = { ...testWorld({ home }), exec: realWorld().exec };
    return { status: await run([...words, '--home', join(home, 'home')], world), ...world.written };
  };

  it('are kept in the file of a service, with absolute paths', async () => {
    const { home } = await set();
    const top = join(home, '..');
    const files = ['--passphrase-file', 'phrase', '--password-file', 'word'];
    const words = ['watch', '--print-unit', 'systemd', ...files, '--json', '--quiet', '--force'];
    const { out } = await devca(top, ...words);
    for (const word of [`--passphrase-file ${top}/phrase`, `--password-file ${top}/word`])
      expect(out).toContain(word);
    expect(out).toMatch(/^ExecStart=.* watch .*--force --json --quiet$/m);
  });

  it('warn of what a service would have to ask for', async () => {
    const top = scratchFolder();
    writeFileSync(join(top, 'phrase'), 'correct horse\n');
    writeFileSync(join(top, 'word'), 'secret1\n');
    const phrase = ['--passphrase-file', 'phrase'];
    const word = ['--password-file', 'word'];
    await devca(top, 'init', '--no-trust', '--keystore', 'passphrase', ...phrase);
    await devca(top, 'issue', 'api.test', '--format', 'p12', ...phrase, ...word);
    const unit = (...flags: string[]) => devca(top, 'watch', '--print-unit', 'systemd', ...flags);
    expect((await unit()).error).toMatch(
      /^devca: warning: .* the key of "default": add "--passphrase-file FILE"\n.* "[^"]+api\.test\.p12": add "--password-file FILE"\n$/,
    );
    expect(await unit(...phrase, ...word)).toMatchObject({ status: 0, error: '' });
  });

  it.each([
    ['renew'],
    ['rekey'],
    ['renew', 'api.test', '--due'],
    ['renew', '--all', '--due'],
    ['renew', '--all', '--hook-timeout', '5s'],
    ['renew', '--due', '--within', 'soon'],
    ['watch', '--every', 'often'],
    ['watch', '--every', '0s'],
    ['watch', '--hook', 'true', '--hook-timeout', '0s'],
    ['renew', '--due', '--hook=true', '--hook-timeout=25d'],
    ['rekey', 'api.test', '--key-type', 'dsa'],
  ])('%s %s %s %s is a mistake', async (...words) => {
    const { home } = await set();
    const { status, error } = await devca(join(home, '..'), ...words);
    expect({ status, error }).toEqual({ status: 2, error: expect.stringMatching(/DEVCA_USAGE_/) });
  });

  it('renew what they name, leave all else, and say what they would do', async () => {
    const { home, work } = await set();
    const top = join(home, '..');
    for (const name of ['a.test', 'b.test']) await devca(top, 'issue', name, '--out', work);
    const dry = await devca(top, 'renew', '--all', '--dry-run');
    expect(dry.out).toMatch(/would renew a\.test .*\nwould renew b\.test /);
    const before = readFileSync(join(work, 'b.test.pem'));
    const { status, out } = await devca(top, 'renew', 'a.test', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      schema: 1,
      renewed: [{ certificate: { names: ['a.test'] }, files: { cert: join(work, 'a.test.pem') } }],
      failed: [],
      skipped: [],
      hook: null,
    });
    expect(readFileSync(join(work, 'b.test.pem'))).toEqual(before);
    expect((await devca(top, 'renew', '--due')).out).toBe('nothing to renew\n');
  });

  it('say what failed beside what did not, with status 1', async () => {
    const { home, work } = await set();
    const top = join(home, '..');
    for (const name of ['a.test', 'b.test']) await devca(top, 'issue', name, '--out', work);
    writeFileSync(join(work, 'a.test-key.pem'), '');
    const { status, out, error } = await devca(top, 'renew', '--all');
    expect({ status, out }).toEqual({
      status: 1,
      out: expect.stringContaining('renewed the server certificate for b.test'),
    });
    expect(error).toContain('cannot renew a.test');
    expect(await devca(top, 'renew', 'a.test')).toMatchObject({
      status: 1,
      error: expect.stringContaining('[DEVCA_RENEWAL_KEY]'),
    });
  });

  it('say once what keeps all of them from being renewed, and that nothing was', async () => {
    const { home, work } = await set();
    const top = join(home, '..');
    for (const name of ['a.test', 'b.test']) await devca(top, 'issue', name, '--out', work);
    rmSync(join(home, 'keys'), { recursive: true });
    const { status, out, error } = await devca(top, 'renew', '--all');
    expect({ status, out }).toEqual({ status: 1, out: 'renewed nothing\n' });
    expect(error).toMatch(
      /^devca: warning: cannot renew a\.test \(\w+\), b\.test \(\w+\): .*\[DEVCA_KEYSTORE_KEY_MISSING\]/,
    );
    expect(error.match(/DEVCA_KEYSTORE_KEY_MISSING/g)).toHaveLength(1);
  });

  it('say that a hook failed, with status 1 and the files in place', async () => {
    const { home, work } = await set();
    const top = join(home, '..');
    await devca(top, 'issue', 'a.test', '--out', work);
    const { status, out, error } = await devca(top, 'renew', '--all', '--hook', 'false');
    expect(status).toBe(1);
    expect(out).toContain('renewed the server certificate');
    expect(error).toContain('[DEVCA_HOOK_FAILED]');
    // Before anything is renewed.
    expect(await devca(top, 'renew', '--all', '--hook', './none')).toMatchObject({ status: 2, out: '' });
  });
});
