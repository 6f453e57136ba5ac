import { beforeAll, describe, expect, it } from '@jest/globals';
import type { System } from '../../../src/platform/system.ts';
import { run } from '../../../src/run.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';
import { installSecurity } from '../truststore/apple/fake-security.ts';
import { type FakeMachine, fakeMachine } from '../truststore/fake-machine.ts';
import { installWindows } from '../truststore/windows/fake-windows.ts';

const authority = scratchFolder();

beforeAll(async () => {
  const world = testWorld({ home: scratchFolder() });
  await run(['init', '--home', authority, '--no-trust', '--keystore', 'file', '--quiet'], world);
});

interface Trial {
  readonly machine: FakeMachine;
  devca(line: string): Promise<{ status: number; out: string; error: string }>;
}

function trialOn(system: Partial<System>, temporary: string): Trial {
  const machine = fakeMachine({ folder: scratchFolder(), system, canAsk: true, seen: authority });
  machine.write(temporary);
  return {
    machine,
    devca: async (line) => {
      const written = { out: '', error: '' };
      const terminal = {
        ...machine.world.terminal,
        canAsk: true,
        writeOut: (text: string | Uint8Array) => {
          written.out += String(text);
        },
        writeError: (text: string) => {
          written.error += text;
        },
      };
      const words = [...line.split(' '), '--home', authority];
      const status = await run(words, { ...machine.world, terminal });
      return { status, ...written };
    },
  };
}

describe('the commands of trust on macOS', () => {
  const home = '/Users/Ádá Ó';
  const mac = (): Trial =>
    trialOn(
      { platform: 'darwin', uid: process.getuid?.(), homeFolder: home, environment: { HOME: home } },
      '/tmp/.keep',
    );

  it('install, show and take back trust, with a journal in the Library', async () => {
    const { machine, devca } = mac();
    const security = installSecurity(machine);
    expect(await devca('trust status')).toMatchObject({ status: 4 });
    const plan = await devca('trust install --dry-run');
    expect(plan.status).toBe(0);
    expect(plan.out).toContain('/usr/bin/security add-trusted-cert -r trustRoot -p ssl -p basic -k ');
    expect((await devca('trust plan')).out).toBe(plan.out);
    expect(await devca('trust install')).toMatchObject({ status: 0 });
    expect(security.trusted.user.size).toBe(1);
    expect(machine.read(`${home}/Library/Application Support/devca/trust.jsonl`)).toContain('"macos-login"');
    const { status, out } = await devca('trust status');
    expect(status).toBe(0);
    expect(out).toMatch(/macos-login\s+trusted/);
    expect(out).not.toMatch(/^system /m);
    expect(await devca('trust uninstall')).toMatchObject({ status: 0 });
    expect(security.trusted.user.size).toBe(0);
  });

  it('say what to do where somebody says no, with the exit status for stores', async () => {
    const { machine, devca } = mac();
    installSecurity(machine).answer = 'cancel';
    const { status, out } = await devca('trust install');
    expect(status).toBe(5);
    expect(out).toContain('somebody said no');
  });
});

describe('the commands of trust on Windows', () => {
  const home = 'C:\\Users\\Jürgen Öz';
  const local = `${home}\\AppData\\Local`;
  const windows = (): Trial =>
    trialOn(
      {
        platform: 'win32',
        uid: undefined,
        homeFolder: home,
        environment: { LOCALAPPDATA: local, SystemRoot: 'C:\\Windows', TEMP: `${local}\\Temp` },
      },
      `${local}\\Temp\\.keep`,
    );

  it('install, show and take back trust, with a journal in the local data', async () => {
    const { machine, devca } = windows();
    const stores = installWindows(machine);
    stores.language = 'de';
    expect(await devca('trust status')).toMatchObject({ status: 4 });
    const plan = await devca('trust install --dry-run');
    expect(plan.status).toBe(0);
    expect(plan.out).toContain(
      `& C:\\Windows\\System32\\certutil.exe -user -addstore Root '${local}\\devca\\devca-`,
    );
    expect(await devca('trust install')).toMatchObject({ status: 0 });
    expect(stores.user).toHaveLength(1);
    expect(machine.read(`${local}\\devca\\trust.jsonl`)).toContain('"windows-user"');
    const { status, out } = await devca('trust status --json');
    expect(status).toBe(0);
    const rows = JSON.parse(out).stores as { id: string; status: string }[];
    expect(rows.map((row) => [row.id, row.status])).toEqual(
      expect.arrayContaining([
        ['windows-user', 'trusted'],
        ['windows-machine', 'trusted'],
      ]),
    );
    expect(rows.map(({ id }) => id)).not.toContain('system');
    expect(await devca('trust uninstall')).toMatchObject({ status: 0 });
    expect(stores.user).toEqual([]);
  });

  it('say how an administrator changes the store of the computer', async () => {
    const { machine, devca } = windows();
    installWindows(machine);
    const { status, out } = await devca('trust install --store windows-machine');
    expect(status).toBe(5);
    expect(out).toContain('needs the rights of an administrator');
    const plan = await devca('trust install --store windows-machine --dry-run');
    expect(plan.out).toContain('certutil.exe -addstore Root');
    expect(plan.status).toBe(5);
  });
});
