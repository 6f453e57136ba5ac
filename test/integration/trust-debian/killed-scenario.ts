// Runs inside of a mount namespace as root: kills the built program amid changes of the system's store and of an NSS
// database, lets the next command settle it, and compares. The assertions are in killed.test.ts.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface Knife {
  readonly action: 'install' | 'uninstall';
  readonly call: 'clone' | 'fsync';
  /** Before which of such calls of the main thread. */
  readonly when: number;
  /** What settles it. */
  readonly next: 'install' | 'uninstall';
}

export interface KilledResult {
  readonly runs: readonly {
    readonly knife: Knife;
    readonly killed: boolean;
    /** What was there right after the kill was neither the old state nor the new one. */
    readonly half: boolean;
    readonly settled: boolean;
    readonly trusted: boolean;
    readonly restored: boolean;
  }[];
  /** After an install, without the authority's home. */
  readonly withoutHome: { readonly status: number | null; readonly restored: boolean };
}

const KNIVES: readonly Knife[] = [
  { action: 'install', call: 'fsync', when: 1, next: 'uninstall' },
  { action: 'install', call: 'clone', when: 3, next: 'uninstall' },
  { action: 'install', call: 'clone', when: 5, next: 'install' },
  { action: 'install', call: 'clone', when: 8, next: 'uninstall' },
  { action: 'uninstall', call: 'clone', when: 3, next: 'uninstall' },
  { action: 'uninstall', call: 'clone', when: 5, next: 'install' },
  { action: 'uninstall', call: 'fsync', when: 2, next: 'uninstall' },
];

const ANCHORS = '/usr/local/share/ca-certificates';
const CERTIFICATES = '/etc/ssl/certs';
const program = [process.execPath, resolve(import.meta.dirname, '../../../bin/devca.js')];
const home = process.env['HOME'] ?? '';
const authority = join(home, 'authority');
const database = join(home, '.local/share/pki/nssdb');
const STORES = ['--store', 'system', '--store', `nss:${database}`, '--home', authority];

mkdirSync(database, { recursive: true });
run(['certutil', '-N', '-d', `sql:${database}`, '--empty-password']);
devca('init', '--no-trust', '--home', authority);
run(['update-ca-certificates', '--fresh']);
const before = state();

const runs: KilledResult['runs'][number][] = [];
for (const knife of KNIVES) {
  const { action, call, when, next } = knife;
  if (action === 'uninstall') devca('trust', 'install', ...STORES);
  const whole = [before, state()];
  const inject = ['-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${when}`];
  const { signal } = run([
    'strace',
    '-qq',
    '-o',
    '/dev/null',
    ...inject,
    ...program,
    'trust',
    action,
    ...STORES,
  ]);
  await untilQuiet();
  const half = !whole.includes(state());
  const settled = devca('trust', next, ...STORES) === 0;
  const trusted = devca('trust', 'status', ...STORES) === 0;
  devca('trust', 'uninstall', ...STORES);
  runs.push({ knife, killed: signal === 'SIGKILL', half, settled, trusted, restored: state() === before });
}
devca('trust', 'install', ...STORES);
rmSync(authority, { recursive: true });
const status = devca('trust', 'uninstall', '--home', authority);
const result: KilledResult = { runs, withoutHome: { status, restored: state() === before } };
process.stdout.write(JSON.stringify(result));

function devca(...args: readonly string[]): number | null {
  return run([...program, ...args]).status;
}

function run([name = '', ...args]: readonly string[]): { status: number | null; signal: string | null } {
  const { status, signal } = spawnSync(name, args, { cwd: '/', stdio: 'ignore', timeout: 60_000 });
  return { status, signal };
}

/** What a killed process has started goes on by itself. */
async function untilQuiet(): Promise<void> {
  do await delay(200);
  while (readdirSync('/proc').some(isStillWriting));
}

function isStillWriting(id: string): boolean {
  try {
    return /^(\/bin\/sh|openssl|java|keytool)\0.*(update-ca-certificates|cacerts|rehash)/.test(
      readFileSync(`/proc/${id}/cmdline`, 'utf8'),
    );
  } catch {
    return false;
  }
}

function state(): string {
  const list = ['certutil', '-L', '-d', `sql:${database}`];
  const { stdout } = spawnSync(list[0] ?? '', list.slice(1), { encoding: 'utf8' });
  const bundle = createHash('sha256').update(readFileSync(join(CERTIFICATES, 'ca-certificates.crt')));
  return JSON.stringify([readdirSync(ANCHORS), readdirSync(CERTIFICATES), bundle.digest('hex'), stdout]);
}
