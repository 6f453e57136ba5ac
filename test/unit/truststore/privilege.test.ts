import { describe, expect, it } from '@jest/globals';
import type { System } from '../../../src/platform/system.ts';
import { resolvePrivilege } from '../../../src/truststore/privilege.ts';
import { openSession } from '../../../src/truststore/session.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { type FakeMachine, fakeMachine, HOME } from './fake-machine.ts';

function machineOf(system: Partial<System>, canAsk = false): FakeMachine {
  const machine = fakeMachine({ folder: scratchFolder(), system, canAsk });
  machine.programs.set('sudo', () => ({}));
  machine.write('/etc/passwd', `root:x:0:0::/root:/bin/sh\nada:x:1000:1000::${HOME}:/bin/sh\n`);
  return machine;
}

const underSudo = (uid: string): Partial<System> => ({
  uid: 0,
  homeFolder: '/root',
  environment: { HOME: '/root', SUDO_UID: uid, SUDO_USER: 'mallory', USER: 'mallory' },
});

describe('privilege', () => {
  it('is had through sudo only where a person sits at the terminal', async () => {
    const { world } = machineOf({ uid: 1000 }, true);
    expect(await resolvePrivilege(world)).toMatchObject({ asUser: [], asRoot: ['sudo', '--'] });
    expect((await resolvePrivilege(machineOf({ uid: 1000 }).world)).asRoot).toBeUndefined();
    const without = machineOf({ uid: 1000 }, true);
    without.programs.delete('sudo');
    expect((await resolvePrivilege(without.world)).asRoot).toBeUndefined();
  });

  it('needs no sudo as root, whose own stores are then meant', async () => {
    const { world } = machineOf({ uid: 0, homeFolder: '/root' });
    expect(await resolvePrivilege(world)).toMatchObject({
      asUser: [],
      asRoot: [],
      user: { homeFolder: '/root' },
    });
  });

  it('works under sudo for the user who called it, with the home from the password database', async () => {
    const privilege = await resolvePrivilege(machineOf(underSudo('1000')).world);
    expect(privilege).toMatchObject({ asUser: ['sudo', '-n', '-u', '#1000', '--'], asRoot: [] });
    expect(privilege.user).toMatchObject({ uid: 1000, userName: 'ada', homeFolder: HOME });
  });

  it('asks getent where it is there, which knows users of a directory too', async () => {
    const machine = machineOf(underSudo('5000'));
    machine.programs.set('getent', () => ({ stdout: 'eve:*:5000:5000:Eve:/net/home/eve:/bin/zsh\n' }));
    expect((await resolvePrivilege(machine.world)).user).toMatchObject({
      userName: 'eve',
      homeFolder: '/net/home/eve',
    });
    expect(machine.commands).toEqual(['getent passwd 5000']);
  });

  it.each(['4711', 'ada', '1000;id'])('refuses a SUDO_UID of %j, which nobody has', async (uid) => {
    await expect(resolvePrivilege(machineOf(underSudo(uid)).world)).rejects.toMatchObject({
      code: 'DEVCA_TRUST_INVOKER_UNKNOWN',
      exitStatus: 5,
    });
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
