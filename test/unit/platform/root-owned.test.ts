import { describe, expect, it } from '@jest/globals';
import { foreignPart, foreignPartOf, type OwnerLookup } from '../../../src/platform/root-owned.ts';

const ADA = 1000;

/** Folders of root, but for these; a text is where a link leads. */
function machine(
  special: Readonly<Record<string, string | { kind?: string; uid?: number; gid?: number; mode?: number }>>,
): OwnerLookup {
  return {
    status: (path) => {
      const own = special[path];
      if (typeof own === 'string') return { kind: 'link', mode: 0o777, uid: 0, gid: 0 };
      if (path.endsWith('absent')) return undefined;
      const kind = path.endsWith('.json') ? 'file' : 'folder';
      return { kind, mode: 0o755, uid: 0, gid: 0, ...own };
    },
    readLink: (path) => String(special[path]),
  };
}

describe('a path of root', () => {
  it.each([
    ['folders of root', '/etc/policies/a.json', {}],
    ['links of root to folders of root', '/etc/policies/a.json', { '/etc/policies': '../srv/policies' }],
    ['a folder that nobody has made yet', '/etc/absent/policies/a.json', {}],
    ['a file that somebody else owns, in a folder of root', '/etc/a.json', { '/etc/a.json': { uid: ADA } }],
    ['/usr/local of Debian', '/usr/local/share/a.json', { '/usr/local/share': { mode: 0o2775, gid: 50 } }],
    ['the store of Nix', '/nix/store/x/bin', { '/nix/store': { mode: 0o1775, gid: 30_000 } }],
  ])('leads through %s', (_, path, special) => {
    expect(foreignPart(path, machine(special))).toBeUndefined();
  });

  it.each([
    ['a folder of the user', '/home/ada/x/a.json', { '/home/ada': { uid: ADA } }, '/home/ada'],
    ['a sticky folder', '/tmp/x/a.json', { '/tmp': { mode: 0o1777 } }, '/tmp'],
    ['a folder that a group may write', '/srv/a.json', { '/srv': { mode: 0o775, gid: 100 } }, '/srv'],
    [
      'a link of root into such a one',
      '/etc/x.json',
      { '/etc/x.json': '/srv/a.json', '/srv': { uid: ADA } },
      '/srv',
    ],
    [
      'a link that leads through such a one, and back',
      '/etc/x/a.json',
      { '/etc/x': '/home/ada/y', '/home/ada': { uid: ADA }, '/home/ada/y': '/etc/z' },
      '/home/ada',
    ],
    [
      'a link and up again',
      '/etc/x/../a.json',
      { '/etc/x': '/home/ada/y', '/home/ada': { uid: ADA } },
      '/home/ada',
    ],
    ['links in a circle', '/etc/x', { '/etc/x': 'x' }, '/etc/x'],
    ['a process', '/proc/1/root/etc/a.json', {}, '/proc'],
    ['a disk that a user has brought along', '/media/ada/disk/jdk/a.json', {}, '/media'],
    ['one of a Mac', '/Volumes/disk/a.json', {}, '/Volumes'],
    ['a share of any server', '/net/evil.test/jdk/a.json', {}, '/net'],
    ['the folder itself', '/srv/x', { '/srv/x': { uid: ADA } }, '/srv/x'],
  ])('does not lead through %s', (_, path, special, foreign) => {
    expect(foreignPart(path, machine(special))).toMatchObject({ path: foreign });
  });
});

describe('a path of root that works for itself', () => {
  it('leads through a sticky folder to what is there and root’s', () => {
    const lookup = machine({ '/tmp': { mode: 0o1777 }, '/tmp/x': { uid: ADA } });
    const foreign = (path: string) => foreignPart(path, lookup, true)?.path;
    expect(foreign('/tmp/y/a.json')).toBeUndefined();
    expect(['/tmp', '/tmp/absent', '/tmp/x'].map(foreign)).toEqual(['/tmp', '/tmp', '/tmp']);
  });
});

describe('a command of root', () => {
  const lookup = machine({ '/home/ada': { uid: ADA } });
  const foreign = (program: string, ...args: readonly string[]) =>
    foreignPartOf({ program, args }, lookup)?.path;

  it('names no path of the user, in whatever form', () => {
    expect(foreign('rm', '-f', '--', '/etc/a.json')).toBeUndefined();
    expect(foreign('/usr/bin/keytool', '-alias', 'devca a/b 12')).toBeUndefined();
    for (const arg of [
      '/home/ada/x',
      'home/ada/x',
      'of=/home/ada/x',
      'sql:/home/ada',
      '--to=/home/ada',
      '-t/home/ada',
    ])
      expect(foreign('x', arg)).toBe('/home/ada');
    expect(foreign('/home/ada/bin/keytool')).toBe('/home/ada');
  });

  it.each([
    ['nobody else may write', {}, undefined],
    ['is the user’s, in a folder of root', { uid: ADA }, ADA],
    ['a group may write', { mode: 0o775, gid: 100 }, 0],
    ['everybody may write', { mode: 0o757 }, 0],
  ])('runs a program only if its own file is root’s alone: one that %s', (_, file, owner) => {
    const special = { '/opt/jdk/keytool': { kind: 'file', ...file }, '/usr/bin/keytool': '/opt/jdk/keytool' };
    for (const program of ['/opt/jdk/keytool', '/usr/bin/keytool'])
      expect(foreignPartOf({ program, args: [] }, machine(special))).toEqual(
        owner === undefined ? undefined : { path: '/opt/jdk/keytool', owner },
      );
  });

  it('runs a program of /usr/local of Debian, which its group of administrators may write', () => {
    const program = '/usr/local/bin/keytool';
    const special = { [program]: { kind: 'file', mode: 0o775, gid: 50 } };
    expect(foreignPartOf({ program, args: [] }, machine(special))).toBeUndefined();
  });

  it('may read the password of a key store from a file of the user', () => {
    expect(foreign('keytool', '-storepass:file', '/home/ada/password')).toBeUndefined();
  });
});
