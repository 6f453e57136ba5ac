import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findInvoker, systemOf, systemOfRoot, worldOfInvoker } from '../../../src/platform/invoker.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { type TestWorldOptions, testWorld } from '../../support/test-world.ts';

const PASSWD = 'root:x:0:0::/root:/bin/sh\nada:x:1000:1001:Ada,,:/home/ada:/bin/sh\n';

/** A process of root's, as sudo and its kin start it. */
function rootWorld(environment: Record<string, string>, options: Partial<TestWorldOptions> = {}) {
  return testWorld({
    home: '/root',
    system: { uid: 0 },
    environment,
    outcomes: { '/usr/bin/getent': { stdout: PASSWD } },
    ...options,
  });
}

const ada = { uid: 1000, gid: 1001, userName: 'ada', homeFolder: '/home/ada' };

describe('who called devca as root', () => {
  it.each([
    ['sudo', { SUDO_UID: '1000', SUDO_USER: 'mallory', USER: 'mallory' }],
    ['pkexec', { PKEXEC_UID: '1000' }],
    ['doas', { DOAS_USER: 'ada' }],
    ['sudo in a shell of root that doas opened', { DOAS_USER: 'ada', SUDO_UID: '0', SUDO_USER: 'root' }],
  ])('is told by %s, and by the password database alone', async (_, environment) => {
    expect(await findInvoker(rootWorld(environment))).toEqual(ada);
  });

  it('is looked up in the directory, and in the file where there is no getent', async () => {
    const world = rootWorld({ SUDO_UID: '1000' });
    await findInvoker(world);
    expect(world.programs).toEqual(['/usr/bin/getent passwd 1000']);
    const bare = rootWorld({ SUDO_UID: '1000' }, { outcomes: {} });
    const files = { ...bare.files, readIfPresent: () => Buffer.from(PASSWD) };
    expect(await findInvoker({ ...bare, files })).toEqual(ada);
  });

  it('is read from the longer lines of macOS', async () => {
    const line = 'ada:********:1000:1001::0:0:Ada:/home/ada:/bin/zsh\n';
    const world = rootWorld(
      { SUDO_UID: '1000' },
      { system: { uid: 0, platform: 'darwin' }, outcomes: { '/usr/bin/id': { stdout: line } } },
    );
    expect(await findInvoker(world)).toEqual(ada);
  });

  it('is nobody where root or a user works for itself', async () => {
    expect(await findInvoker(rootWorld({}))).toBeUndefined();
    expect(await findInvoker(rootWorld({ SUDO_UID: '0', DOAS_USER: 'root' }))).toBeUndefined();
    const user = testWorld({ home: '/home/ada', system: { uid: 1000 }, environment: { SUDO_UID: '1001' } });
    expect(await findInvoker(user)).toBeUndefined();
  });

  it.each([{ SUDO_UID: '4711' }, { SUDO_UID: 'ada' }, { SUDO_UID: '1000;id' }, { DOAS_USER: '1000' }])(
    'is not guessed: %j is DEVCA_TRUST_INVOKER_UNKNOWN',
    async (environment) => {
      await expect(findInvoker(rootWorld(environment))).rejects.toMatchObject({
        code: 'DEVCA_TRUST_INVOKER_UNKNOWN',
        exitStatus: 5,
      });
    },
  );
});

describe('the world of who called devca as root', () => {
  it("is root's where the home that is named is not theirs", async () => {
    const folder = scratchFolder();
    mkdirSync(join(folder, 'a'));
    chmodSync(join(folder, 'a'), 0o700);
    const before = process.env['HOME'];
    // As `sudo -E` leaves it, and where sudo is told to keep HOME.
    const world = rootWorld({ SUDO_UID: '1000' }, { home: folder });
    const { system } = await worldOfInvoker(join(folder, 'a/b'), world);
    process.env['HOME'] = before;
    expect(system).toMatchObject({ uid: 0, homeFolder: '/root', environment: { HOME: '/root' } });
    const alone = rootWorld({});
    expect(await worldOfInvoker(undefined, alone)).toBe(alone);
  });

  it("follows nothing of theirs where it is root's", async () => {
    const folder = scratchFolder();
    symlinkSync('/etc', join(folder, 'etc'));
    symlinkSync('/nowhere', join(folder, 'nowhere'));
    const world = rootWorld(
      {
        USER: 'ada',
        LOGNAME: 'ada',
        XDG_DATA_HOME: '/usr/share',
        XDG_STATE_HOME: join(folder, 'etc'),
        XDG_CONFIG_HOME: join(folder, 'nowhere/x'),
        XDG_CACHE_HOME: 'relative',
        XDG_RUNTIME_DIR: folder,
        TMPDIR: '/tmp',
        JAVA_HOME: join(folder, 'jdk'),
        GRADLE_USER_HOME: '/opt/no-such-folder',
        PATH: `${folder}:/usr/bin`,
        DEVCA_JAVA_PASSWORD_FILE: join(folder, 'password'),
        LANG: 'C.UTF-8',
      },
      { home: folder },
    );
    const { environment, homeFolder } = await systemOfRoot(world);
    expect(homeFolder).toBe('/root');
    expect(environment).toMatchObject({
      HOME: '/root',
      USER: 'root',
      LOGNAME: 'root',
      XDG_DATA_HOME: '/usr/share',
      TMPDIR: '/tmp',
      GRADLE_USER_HOME: '/opt/no-such-folder',
      DEVCA_JAVA_PASSWORD_FILE: join(folder, 'password'),
      LANG: 'C.UTF-8',
    });
    expect(environment['PATH']?.split(':')).toContain('/usr/bin');
    expect(environment['PATH']).not.toContain(folder);
    expect(environment['XDG_RUNTIME_DIR']).not.toBe(folder);
    for (const name of ['XDG_STATE_HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'JAVA_HOME'])
      expect(environment).not.toHaveProperty(name);
  });

  it('keeps a home that nobody but root could change, and makes none up', async () => {
    expect(await systemOfRoot(rootWorld({}, { home: '/usr/lib/x' }))).toMatchObject({
      homeFolder: '/usr/lib/x',
      environment: { HOME: '/usr/lib/x' },
    });
    const unknown = rootWorld({}, { home: scratchFolder(), outcomes: { '/usr/bin/getent': { stdout: '' } } });
    await expect(systemOfRoot(unknown)).rejects.toMatchObject({ code: 'DEVCA_TRUST_INVOKER_UNKNOWN' });
  });

  it('has their names and none of the variables that lead to places of others', () => {
    const { system } = rootWorld({
      SUDO_UID: '1000',
      SUDO_COMMAND: 'devca',
      USER: 'root',
      LOGNAME: 'root',
      MAIL: '/var/mail/root',
      XDG_DATA_HOME: '/root/.local/share',
      TMPDIR: '/root/tmp',
      XDG_RUNTIME_DIR: '/run/user/0',
      DBUS_SESSION_BUS_ADDRESS: 'unix:path=/run/user/0/bus',
      LANG: 'C.UTF-8',
      EDITOR: 'vi',
    });
    const { environment, ...rest } = systemOf({ ...ada, uid: 54_321 }, system);
    expect(rest).toMatchObject({ uid: 54_321, userName: 'ada', homeFolder: '/home/ada' });
    expect(
      Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined)),
    ).toEqual({
      HOME: '/home/ada',
      USER: 'ada',
      LOGNAME: 'ada',
      LANG: 'C.UTF-8',
      EDITOR: 'vi',
    });
  });

  it('keeps the variables that lead to places of theirs', () => {
    const folder = scratchFolder();
    const uid = process.getuid?.() ?? 0;
    const { system } = rootWorld({ XDG_DATA_HOME: join(folder, 'data') });
    expect(systemOf({ ...ada, uid }, system).environment['XDG_DATA_HOME']).toBe(join(folder, 'data'));
  });
});
