import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { parseCertificate } from '../../../../src/pki/certificate.ts';
import { commonNameOf } from '../../../../src/pki/name.ts';
import { decodePem } from '../../../../src/pki/pem.ts';
import { buildTrustAnchor } from '../../../../src/truststore/trust-anchor.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { type FakeMachine, fakeMachine } from '../fake-machine.ts';
import type { RecordedSystem } from './recorded-systems.ts';

const recorded = (name: string): string => readFileSync(join(import.meta.dirname, 'recorded', name), 'utf8');

const DEVCA_ROOT = recorded('devca-root.pem');
const PUBLIC_ROOT = recorded('public-root.pem');

/** A root of devca, made once and kept, so that plans can be compared byte by byte. */
export const ROOT = rootOf(DEVCA_ROOT);

/** What p11-kit 0.24 says of the two roots. */
const DUMPS: ReadonlyMap<string, string> = new Map([
  [PUBLIC_ROOT, recorded('trust-dump-public-root.txt')],
  [DEVCA_ROOT, recorded('trust-dump-devca-root.txt')],
]);

/** Their names and subject hashes, as p11-kit, c_rehash and certctl write them. */
const NAMES: ReadonlyMap<string, { label: string; hash: string }> = new Map([
  [PUBLIC_ROOT, { label: 'ISRG Root X2', hash: '0b9bc432' }],
  [DEVCA_ROOT, { label: 'devca root ada@engine 1', hash: 'f6206079' }],
]);

const PUBLIC_FILE = '/usr/share/ca-certificates/mozilla/ISRG_Root_X2.crt';

export interface RecordedMachine extends FakeMachine {
  /** Runs the system's tool as its owner would. */
  rebuild(): void;
  /** Every file and link with its text, but those of devca's journal. */
  snapshot(): Readonly<Record<string, string>>;
}

/** A machine with the files and tools of a recorded system, where root sits. */
export function recordedMachine(
  system: RecordedSystem,
  options: { uid?: number; canAsk?: boolean } = {},
): RecordedMachine {
  const folder = scratchFolder();
  const { uid = 0, canAsk = false } = options;
  const machine = fakeMachine({ folder, canAsk, system: { uid, platform: system.platform } });
  const real = (path: string): string => join(folder, path);
  for (const [path, text] of Object.entries(system.files)) machine.write(path, text);
  for (const path of system.folders) mkdirSync(real(path), { recursive: true });
  machine.write(PUBLIC_FILE, PUBLIC_ROOT);
  const rebuild = (): void => rebuildStore(system, machine, real);
  rebuild();
  for (const [path, target] of Object.entries(system.links)) {
    mkdirSync(dirname(real(path)), { recursive: true });
    symlinkSync(target, real(path));
  }
  const tools: Record<string, Parameters<FakeMachine['programs']['set']>[1]> = {
    openssl: (args) => {
      const place = args[args.indexOf('-CAfile') + 1] ?? '';
      const hashed = args[args.indexOf('-CApath') + 1] ?? '';
      const accepted = args.includes('-CAfile')
        ? machine.read(place)?.includes(DEVCA_ROOT) === true
        : hashedTexts(real(hashed)).includes(DEVCA_ROOT);
      if (accepted) return { stdout: 'stdin: OK\n' };
      return {
        status: 2,
        stderr:
          'CN = devca root ada@engine 1\nerror 18 at 0 depth lookup: self-signed certificate\nerror stdin: verification failed\n',
      };
    },
    trust: () => ({
      stdout: sourcesOf(system, machine)
        .map((root) => DUMPS.get(root) ?? '')
        .join(''),
    }),
  };
  const tool = (): object => {
    rebuild();
    return {};
  };
  for (const path of system.programs) {
    const name = basename(path);
    machine.programs.set(name, tools[name] ?? tool);
  }
  const { exec } = machine.world;
  const find = (program: string): string | undefined => {
    if (!machine.programs.has(basename(program))) return undefined;
    // People have /usr/bin on their PATH, and /usr/sbin not everywhere.
    const path = system.programs.find((known) => basename(known) === basename(program));
    if (path === undefined) return exec.find(program);
    return program === path || (program === basename(path) && /^\/(usr\/bin|sbin)\//.test(path))
      ? path
      : undefined;
  };
  return {
    ...machine,
    world: { ...machine.world, exec: { ...exec, find } },
    rebuild,
    snapshot: () => snapshotOf(folder),
  };
}

function sourcesOf(system: RecordedSystem, machine: FakeMachine): readonly string[] {
  const anchors = system.store?.anchors ?? '';
  const files =
    machine.world.files.statusOfTarget(anchors) === undefined ? [] : machine.world.files.list(anchors);
  const own = files
    .filter((name) => name.startsWith('devca-'))
    .map((name) => machine.read(join(anchors, name)) ?? '')
    .filter((text) => NAMES.has(text));
  return [PUBLIC_ROOT, ...own];
}

/** What the tools of each kind make, as far as devca looks at it. */
function rebuildStore(system: RecordedSystem, machine: FakeMachine, real: (path: string) => string): void {
  const { store } = system;
  if (store === undefined) return;
  const sources = sourcesOf(system, machine);
  const comments = store.rebuild === 'p11-kit';
  const bundle = sources.map((root) => (comments ? `# ${NAMES.get(root)?.label}\n${root}` : root));
  if (store.bundle !== undefined) machine.write(store.bundle, bundle.join(comments ? '\n' : ''));
  if (store.hashed === undefined) return;
  mkdirSync(real(store.hashed), { recursive: true });
  for (const name of readdirSync(real(store.hashed))) {
    const path = join(real(store.hashed), name);
    const isLink = lstatSync(path).isSymbolicLink();
    if (/^[0-9a-f]{8}\.0$/.test(name) && (isLink || store.rebuild !== 'certctl-copies')) rmSync(path);
    // A plain run of Debian's program leaves links to files that are gone; devca's plan asks for a fresh one.
    else if (isLink && /^(ca-cert-)?devca-/.test(name)) rmSync(path);
  }
  for (const root of sources) {
    const name = `${NAMES.get(root)?.hash}.0`;
    if (store.rebuild !== 'certctl-links') machine.write(join(store.hashed, name), root);
    else
      symlinkSync(
        relative(store.hashed, fileOf(root, store.anchors, machine)),
        real(join(store.hashed, name)),
      );
  }
  // The tool of FreeBSD 15 reads the copies that it made before along with the sources.
  if (store.rebuild === 'certctl-copies' && store.bundle !== undefined) {
    machine.write(store.bundle, hashedTexts(real(store.hashed)).join(''));
  }
  const [link] = sources.length > 1 ? ['ca-cert-', ''].slice(store.rebuild === 'alpine' ? 0 : 1) : [];
  if (link === undefined || (store.rebuild !== 'debian' && store.rebuild !== 'alpine')) return;
  const file = fileOf(DEVCA_ROOT, store.anchors, machine);
  symlinkSync(file, join(real(store.hashed), `${link}${basename(file, '.crt')}.pem`));
}

function fileOf(root: string, anchors: string, machine: FakeMachine): string {
  if (root === PUBLIC_ROOT) return PUBLIC_FILE;
  const names = machine.world.files.list(anchors).map((name) => join(anchors, name));
  return names.find((path) => machine.read(path) === root) ?? '';
}

const hashedTexts = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => /^[0-9a-f]{8}\.0$/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'));

function snapshotOf(folder: string): Readonly<Record<string, string>> {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('home'))
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const status = lstatSync(path);
      if (status.isSymbolicLink()) return [name, `-> ${readlinkSync(path)}`];
      return [name, status.isDirectory() ? 'folder' : readFileSync(path, 'utf8')];
    });
  return Object.fromEntries(entries) as Record<string, string>;
}

function rootOf(pem: string): ReturnType<typeof buildTrustAnchor> {
  const der = decodePem(pem, 'devca-root.pem')[0]?.der ?? new Uint8Array();
  return buildTrustAnchor(der, commonNameOf(parseCertificate(der).subject) ?? '');
}
