import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../../../src/run.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';
import { type FakeMachine, fakeMachine } from '../truststore/fake-machine.ts';

const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';

let machine: FakeMachine;
let home: string;

/** An authority in a folder of this machine, and the stores of a Debian that is a scratch folder. */
const devca = async (...args: readonly string[]) => {
  const base = testWorld({ home, environment: { DEVCA_HOME: join(home, 'authority') } });
  const files = base.files;
  const onDebian = (path: string): boolean => !path.startsWith(home);
  const world = {
    ...base,
    exec: machine.world.exec,
    files: {
      ...files,
      status: (path: string) => (onDebian(path) ? machine.world.files.status(path) : files.status(path)),
      statusOfTarget: (path: string) =>
        onDebian(path) ? machine.world.files.statusOfTarget(path) : files.statusOfTarget(path),
      list: (path: string) => (onDebian(path) ? machine.world.files.list(path) : files.list(path)),
      readIfPresent: (path: string, limit?: number) =>
        onDebian(path) ? machine.world.files.readIfPresent(path, limit) : files.readIfPresent(path, limit),
    },
  };
  const status = await run(args, world);
  return { status, out: base.written.out, error: base.written.error };
};

beforeEach(async () => {
  home = scratchFolder();
  machine = fakeMachine({ folder: scratchFolder() });
  machine.write('/etc/debian_version', '12.9\n');
  machine.write('/usr/local/share/ca-certificates/company.crt');
  machine.write(BUNDLE, 'OTHER ROOTS\n');
  machine.programs.set('update-ca-certificates', () => ({}));
  const world = testWorld({ home, environment: { DEVCA_HOME: join(home, 'authority') } });
  await run(['init', '--no-trust'], world);
});

describe('devca trust plan', () => {
  it('gives each step by itself, with what it does, what needs root and why', async () => {
    const { status, out } = await devca('trust', 'plan', '--store', 'system', '--json');
    expect(status).toBe(0);
    const { schema, action, plans, script } = JSON.parse(out);
    expect({ schema, action }).toEqual({ schema: 1, action: 'install' });
    expect(plans).toHaveLength(1);
    const [{ id, needsRoot, root, steps }] = plans;
    const path = `/usr/local/share/ca-certificates/devca-${root.sha256.slice(0, 16)}.crt`;
    expect({ id, needsRoot }).toEqual({ id: 'system', needsRoot: true });
    expect(steps).toEqual([
      {
        kind: 'write',
        path,
        content: expect.stringMatching(/^-----BEGIN CERTIFICATE-----\n/),
        mode: '0644',
        needsRoot: true,
        why: 'add the root',
      },
      {
        kind: 'run',
        program: '/usr/bin/update-ca-certificates',
        args: [],
        needsRoot: true,
        why: `rebuild ${BUNDLE} and what belongs to it`,
      },
    ]);
    expect(script.split('\n').slice(0, 2)).toEqual([
      `# install ${root.name}, SHA-256 ${root.sha256}`,
      '## system',
    ]);
    expect(script).toBe((await devca('trust', 'install', '--store', 'system', '--dry-run')).out);
    expect(machine.has(path)).toBe(false);
  });

  it('says that there is nothing to do, as a comment', async () => {
    expect(await devca('trust', 'plan', 'uninstall', '--store', 'system')).toMatchObject({
      status: 0,
      out: '# nothing to do\n',
    });
  });

  it('ends with status 5 where the tool is missing, and says with which command it comes', async () => {
    machine.programs.delete('update-ca-certificates');
    machine.programs.set('apk', () => ({}));
    const { status, out } = await devca('trust', 'plan', '--store', 'system', '--json');
    expect(status).toBe(5);
    const [{ steps, error }] = JSON.parse(out).plans;
    expect({ steps, code: error.code }).toEqual({ steps: [], code: 'DEVCA_TRUST_TOOL_MISSING' });
    expect(error.hints[0]).toContain('apk add ca-certificates"');
  });

  it('refuses other actions', async () => {
    expect(await devca('trust', 'plan', 'repair')).toMatchObject({ status: 2 });
  });
});
