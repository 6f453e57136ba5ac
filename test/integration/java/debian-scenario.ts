// Runs inside of a mount namespace: the key store that all of Debian's Java runtimes share, by itself, and for root also
// with the system's store, and where it can't be written. The assertions are in debian.test.ts.
import { execFileSync } from 'node:child_process';
import { copyFileSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { realWorld } from '../../../src/platform/world.ts';
import { installTrust, trustStatus, uninstallTrust } from '../../../src/truststore/trust.ts';
import { buildTrustAnchor } from '../../../src/truststore/trust-anchor.ts';
import { fetches, javaHome, listing } from './java-home.ts';

export interface UserResult {
  readonly alone: Round;
}

export interface DebianResult extends UserResult {
  readonly withSystem: Round;
  readonly readOnly: string;
  readonly full: string;
  /** What is in the folder after all of it. */
  readonly left: readonly string[];
}

export interface Round {
  readonly before: Observation;
  readonly install: readonly string[];
  readonly installed: Observation;
  readonly uninstall: readonly string[];
  readonly after: Observation;
}

export interface Observation {
  readonly status: string;
  readonly fetched: boolean;
  readonly entries: readonly string[];
  readonly mode: number;
  readonly owner: number;
}

const CACERTS = '/etc/ssl/certs/java/cacerts';
const FOLDER = dirname(CACERTS);

const input = JSON.parse(await text(process.stdin)) as { certificate: string; url: string };
const anchor = buildTrustAnchor(
  new Uint8Array(Buffer.from(input.certificate, 'base64')),
  'devca root alice@host 1',
);
const real = realWorld();
const isRoot = process.getuid?.() === 0;
// Nobody types here: sudo is set up not to ask, and a plain user counts as one who sits at the terminal.
const world = { ...real, terminal: { ...real.terminal, canAsk: !isRoot } };

const alone = await round(['java']);
process.stdout.write(JSON.stringify(isRoot ? await asRoot() : ({ alone } satisfies UserResult)));

async function asRoot(): Promise<DebianResult> {
  const withSystem = await round(['system', 'java']);
  mount('--bind', FOLDER, FOLDER);
  mount('-o', 'remount,ro,bind', FOLDER);
  const readOnly = await failing();
  execFileSync('umount', [FOLDER]);
  copyFileSync(CACERTS, '/mnt/cacerts');
  mount('-t', 'tmpfs', '-o', 'size=256k,mode=755', 'tmpfs', FOLDER);
  copyFileSync('/mnt/cacerts', CACERTS);
  const full = await failing();
  const left = readdirSync(FOLDER);
  return { alone, withSystem, readOnly, full, left };
}

async function round(stores: readonly string[]): Promise<Round> {
  const words = (rows: readonly { id: string; status: string; changed: boolean }[]) =>
    rows.map(({ id, status, changed }) => `${id} ${status}${changed ? ' changed' : ''}`);
  const before = await observe();
  const install = words(await installTrust(anchor, { stores }, world));
  const installed = await observe();
  const uninstall = words(await uninstallTrust(anchor, { stores }, world));
  return { before, install, installed, uninstall, after: await observe() };
}

async function observe(): Promise<Observation> {
  const [row] = await trustStatus(anchor, { stores: [`java:${CACERTS}`] }, world);
  return {
    status: row?.status ?? 'no row',
    fetched: await fetches(input.url, javaHome()),
    entries: listing(CACERTS),
    mode: lstatSync(CACERTS).mode,
    owner: lstatSync(CACERTS).uid,
  };
}

/** Why an install is refused, where the key store is the same afterwards. */
async function failing(): Promise<string> {
  const bytes = readFileSync(CACERTS);
  const [outcome] = await installTrust(anchor, { stores: [`java:${CACERTS}`] }, world);
  const isSame = readFileSync(CACERTS).equals(bytes);
  return `${outcome?.status} ${outcome?.error?.code} ${isSame ? 'unchanged' : 'changed'}`;
}

function mount(...args: readonly string[]): void {
  execFileSync('mount', args);
}
