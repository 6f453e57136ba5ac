import { describe, expect, it } from '@jest/globals';
import type { RunAsRoot } from '../../../src/platform/exec.ts';
import type { System } from '../../../src/platform/system.ts';
import { rootPrefix } from '../../../src/truststore/privilege.ts';
import { openSession } from '../../../src/truststore/session.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { type FakeMachine, fakeMachine, HOME } from './fake-machine.ts';

function machineOf(system: Partial<System>, canAsk = false): FakeMachine {
  const machine = fakeMachine({ folder: scratchFolder(), system, canAsk });
  machine.programs.set('sudo', () => ({}));
  machine.write('/etc/passwd', `root:x:0:0::/root:/bin/sh\nada:x:1000:1000::${HOME}:/bin/sh\n`);
  return machine;
}

describe('privilege', () => {
  it('is had through sudo only where a person sits at the terminal', () => {
    const { world } = machineOf({ uid: 1000 }, true);
    expect(rootPrefix(world)).toEqual(['sudo', '--']);
    expect(rootPrefix(machineOf({ uid: 1000 }).world)).toBeUndefined();
    const without = machineOf({ uid: 1000 }, true);
    without.programs.delete('sudo');
    expect(rootPrefix(without.world)).toBeUndefined();
  });

  it('is had through doas where there is no sudo', async () => {
    const machine = machineOf({ uid: 1000 }, true);
    machine.programs.delete('sudo');
    machine.programs.set('doas', () => ({}));
    const session = await openSession(machine.world);
    await session.becomeRoot('install', 'system');
    await session.run({ program: 'rm', args: ['-f', '--', '/etc/x'], needsRoot: true });
    expect(machine.commands).toEqual(['doas -- true', 'doas -- rm -f -- /etc/x']);
  });

  it('needs no sudo as root', () => {
    expect(rootPrefix(machineOf({ uid: 0, homeFolder: '/root' }, true).world)).toEqual([]);
  });

  it('is held by another process where devca was started through sudo', async () => {
    const { world, commands } = machineOf({ uid: 1000 });
    const asRoot: string[] = [];
    const runAsRoot: RunAsRoot = async (program, args, options) => {
      asRoot.push([program, ...args, options?.stdin ?? ''].join(' '));
      return { program, args, status: 0, signal: null, stdout: '', stderr: '', timedOut: false };
    };
    const session = await openSession({ ...world, exec: { ...world.exec, runAsRoot } });
    await session.becomeRoot('install', 'system');
    await session.run({ program: 'dd', args: ['of=/etc/x'], stdin: 'text', needsRoot: true });
    await session.run({ program: 'id', args: [], needsRoot: false });
    expect({ asRoot, commands }).toEqual({ asRoot: ['dd of=/etc/x text'], commands: ['id'] });
  });
});

describe('becoming root', () => {
  it('asks for the password once, on the terminal, and says what it is for', async () => {
    const { world, commands } = machineOf({ uid: 1000 }, true);
    const session = await openSession(world);
    await session.becomeRoot('install', 'nss:/etc/100%');
    await session.becomeRoot('install', 'system');
    expect(commands).toEqual(['sudo -v -p Password of %p, to change the trust store "nss:/etc/100%%": ']);
  });

  it('shows a name of a store that would change the line as what it is', async () => {
    const { world, commands } = machineOf({ uid: 1000 }, true);
    const session = await openSession(world);
    await session.becomeRoot('install', 'docker:/x/\u001b[2K\rPassword of the bank: ');
    expect(commands.join()).toContain('\\u{1b}[2K\\u{d}Password of the bank');
  });

  it('names the way without sudo where there is no terminal', async () => {
    const session = await openSession(machineOf({ uid: 1000 }).world);
    await expect(session.becomeRoot('uninstall', 'system')).rejects.toMatchObject({
      code: 'DEVCA_TRUST_NEEDS_ROOT',
      hints: [
        'run "devca trust uninstall --store system --dry-run | sh"',
        'or run "devca trust uninstall --store system" at a terminal, where sudo can ask',
      ],
    });
  });

  it('says so where sudo refuses', async () => {
    const machine = machineOf({ uid: 1000 }, true);
    machine.programs.set('sudo', () => ({ status: 1 }));
    const session = await openSession(machine.world);
    await expect(session.becomeRoot('install', 'system')).rejects.toMatchObject({
      code: 'DEVCA_TRUST_SUDO_REFUSED',
    });
  });
});
