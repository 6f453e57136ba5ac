import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { World } from '../../../src/platform/world.ts';
import { readJournal } from '../../../src/truststore/journal.ts';
import { openSession } from '../../../src/truststore/session.ts';
import {
  installTrust,
  interruptedChanges,
  trustStatus,
  uninstallTrust,
} from '../../../src/truststore/trust.ts';
import type { TrustAnchor } from '../../../src/truststore/trust-anchor.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { newAnchor } from '../../support/trust-lab.ts';
import { fakeDatabase, fakeMachine, HOME } from './fake-machine.ts';

const ANCHORS = '/usr/local/share/ca-certificates';
const CERTIFICATES = '/etc/ssl/certs';
const BUNDLE = `${CERTIFICATES}/ca-certificates.crt`;
const DATABASE = `${HOME}/.pki/nssdb`;
const JOURNAL = `${HOME}/.local/state/devca/trust.jsonl`;

const anchor = newAnchor('one');
const other = newAnchor('other');

/** Debian with the tools of its store, and a database of a browser; what matters of both can be compared. */
function machineWithStores() {
  const folder = scratchFolder();
  const real = (path: string): string => join(folder, path);
  const machine = fakeMachine({ folder, system: { uid: 0 } });
  const database = fakeDatabase();
  machine.programs.set('certutil', database.certutil);
  machine.write(`${DATABASE}/cert9.db`);
  machine.write('/etc/debian_version');
  mkdirSync(real(ANCHORS), { recursive: true });
  machine.write(`${ANCHORS}/company.crt`, '-- company --\n');
  const links = (): string[] =>
    readdirSync(real(CERTIFICATES)).filter((name) =>
      lstatSync(real(`${CERTIFICATES}/${name}`)).isSymbolicLink(),
    );
  machine.programs.set('update-ca-certificates', (args) => {
    mkdirSync(real(CERTIFICATES), { recursive: true });
    const files = readdirSync(real(ANCHORS)).filter((name) => name.endsWith('.crt'));
    machine.write(BUNDLE, files.map((name) => machine.read(`${ANCHORS}/${name}`)).join(''));
    if (args.includes('--fresh')) for (const name of links()) rmSync(real(`${CERTIFICATES}/${name}`));
    for (const name of files) {
      const link = real(`${CERTIFICATES}/${name.replace(/\.crt$/, '.pem')}`);
      if (!links().includes(name.replace(/\.crt$/, '.pem')))
        symlinkSync(relative(real(CERTIFICATES), real(`${ANCHORS}/${name}`)), link);
    }
    return {};
  });
  machine.programs.get('update-ca-certificates')?.([], {});
  const state = () => ({
    anchors: readdirSync(real(ANCHORS)),
    bundle: existsSync(real(BUNDLE)) ? readFileSync(real(BUNDLE), 'utf8') : '',
    links: links(),
    entries: [...database.entries].map(([nickname, { trust }]) => `${nickname} ${trust}`),
  });
  return { machine, state };
}

/** What the kernel does to a process: nothing of what it meant to do happens any more. */
class Killed extends Error {}

/** A world whose process is killed before its change number `fatal`, and so right after the one before. */
function killedAt(fatal: number, world: World): World {
  let changes = 0;
  const live = (isChange: boolean): void => {
    changes += isChange ? 1 : 0;
    if (changes >= fatal) throw new Killed();
  };
  const isReading = (program: string, args: readonly string[]): boolean =>
    /openssl|keytool/.test(program) || ['-H', '-L', '-V', '-K'].includes(args[0] ?? '');
  return {
    ...world,
    exec: {
      ...world.exec,
      run: async (program, args, options) => {
        live(!isReading(program, args));
        return world.exec.run(program, args, options);
      },
    },
    files: {
      ...world.files,
      append: (...given) => {
        live(true);
        world.files.append(...given);
      },
    },
  };
}

/** The action under a knife that falls ever later, until it is too late for it. */
async function forEachMoment(
  prepare: (world: World) => Promise<unknown>,
  action: (world: World) => Promise<unknown>,
  then: (world: World, state: ReturnType<typeof machineWithStores>['state'], before: object) => Promise<void>,
): Promise<number> {
  for (let fatal = 1; ; fatal++) {
    const { machine, state } = machineWithStores();
    const before = state();
    await prepare(machine.world);
    const survived = await action(killedAt(fatal, machine.world)).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Killed) return false;
        throw error;
      },
    );
    if (survived) return fatal - 1;
    await then(machine.world, state, before);
    expect(await interruptedChanges(machine.world)).toEqual([]);
  }
}

const nothing = async (): Promise<void> => {};
const install = (of: TrustAnchor) => (world: World) => installTrust(of, {}, world);
const uninstall = (of: TrustAnchor) => (world: World) => uninstallTrust(of, {}, world);
const statuses = async (of: TrustAnchor, world: World) =>
  (await trustStatus(of, {}, world)).map(({ status }) => status);

describe('a process that is killed at any moment of an install', () => {
  it('is completed by the next install, and then undone to what was there before', async () => {
    const moments = await forEachMoment(nothing, install(anchor), async (world, state, before) => {
      await install(anchor)(world);
      expect(await statuses(anchor, world)).toEqual(['trusted', 'trusted']);
      await uninstall(anchor)(world);
      expect(state()).toEqual(before);
    });
    expect(moments).toBeGreaterThan(6);
  });

  it('is undone by the next uninstall', async () => {
    await forEachMoment(nothing, install(anchor), async (world, state, before) => {
      await uninstall(anchor)(world);
      expect(state()).toEqual(before);
    });
  });

  it('is undone by the next install of another root, which alone is trusted then', async () => {
    await forEachMoment(nothing, install(anchor), async (world, state, before) => {
      await install(other)(world);
      expect(await statuses(other, world)).toEqual(['trusted', 'trusted']);
      // What was done before the kill, and written down as done, stays.
      const done = readJournal(await openSession(world)).filter(
        (record) => record.anchor.sha256 === anchor.sha256,
      );
      expect(done.every(({ interrupted }) => interrupted === undefined)).toBe(true);
      await uninstall(other)(world);
      await uninstall(anchor)(world);
      expect(state()).toEqual(before);
    });
  });

  it('is settled by a command about another store too', async () => {
    await forEachMoment(nothing, install(anchor), async (world, state, before) => {
      await installTrust(anchor, { stores: ['nss'] }, world);
      expect(await interruptedChanges(world)).toEqual([]);
      expect((await statuses(anchor, world))[1]).toBe('trusted');
      await uninstall(anchor)(world);
      expect(state()).toEqual(before);
    });
  });
});

describe('a process that is killed at any moment of an uninstall', () => {
  it('is completed by the next uninstall', async () => {
    const moments = await forEachMoment(install(anchor), uninstall(anchor), async (world, state, before) => {
      await uninstall(anchor)(world);
      expect(state()).toEqual(before);
    });
    expect(moments).toBeGreaterThan(4);
  });

  it('is completed by the next command about another root', async () => {
    await forEachMoment(install(anchor), uninstall(anchor), async (world, state, before) => {
      await install(other)(world);
      await uninstall(other)(world);
      await uninstall(anchor)(world);
      expect(state()).toEqual(before);
    });
  });

  it('is turned back by the next install', async () => {
    await forEachMoment(install(anchor), uninstall(anchor), async (world, state, before) => {
      await install(anchor)(world);
      expect(await statuses(anchor, world)).toEqual(['trusted', 'trusted']);
      await uninstall(anchor)(world);
      expect(state()).toEqual(before);
    });
  });
});

describe('a journal', () => {
  it('whose last line was cut short says no more than the lines before', async () => {
    const { machine, state } = machineWithStores();
    const before = state();
    await install(anchor)(machine.world);
    const text = machine.read(JOURNAL) ?? '';
    for (let length = text.length - 1; length > 0; length -= 97) {
      machine.write(JOURNAL, text.slice(0, length));
      await install(anchor)(machine.world);
      expect(await statuses(anchor, machine.world)).toEqual(['trusted', 'trusted']);
    }
    await uninstall(anchor)(machine.world);
    expect(state()).toEqual(before);
  });
});
