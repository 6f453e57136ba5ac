// Runs inside of a mount namespace as root: a user calls the real sudo, which runs the built program, from `init` to
// `trust uninstall`. The assertions are in sudo.test.ts.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';

export interface SudoInput {
  readonly userHome: string;
  readonly userId: number;
}

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SudoResult {
  readonly runs: Readonly<Record<string, Run>>;
  /** What the user does not own in that home. */
  readonly foreign: readonly string[];
  readonly files: readonly string[];
  readonly modes: Readonly<Record<string, number>>;
  /** Whether root got an authority. */
  readonly rootsOwn: boolean;
  readonly namedOwner: number;
  readonly linkedInto: readonly string[];
  /** What devca says after it was asked by a signal of the user to open the runtime's debugger. */
  readonly signalled: Signalled;
  /** What a journal that the user forged has left of root's. */
  readonly left: readonly string[];
}

export interface Signalled {
  readonly owner: number | undefined;
  readonly sent: number | null;
  readonly isAlive: boolean;
  readonly stderr: string;
}

const { userHome, userId } = JSON.parse(await text(process.stdin)) as SudoInput;
const program = resolve(import.meta.dirname, '../../../bin/devca.js');
const runs: Record<string, Run> = {};
const home = join(userHome, '.local/share/devca');

const SUDO = ['sudo', '-n', process.execPath, program];
// Root that is bound so can neither read nor write what is the user's alone.
const BOUND = ['--bounding-set', '-dac_override,-dac_read_search,-fowner,-chown'];

const asUser = [
  ...['--reuid', String(userId), '--regid', String(userId), '--init-groups', 'env', '-i'],
  ...[`HOME=${userHome}`, 'PATH=/usr/bin:/bin', 'LANG=C.UTF-8'],
];

run('root that is bound', ['sudo', '-n', 'ls', userHome], BOUND);
run('init', [...SUDO, 'init', '--stores', 'system,nss', '--yes'], BOUND);
run('issue', [...SUDO, 'issue', 'localhost', '--out', userHome], BOUND);
run('status', [...SUDO, 'trust', 'status', '--store', 'system', '--store', 'nss', '--json'], BOUND);
run('uninstall', [...SUDO, 'trust', 'uninstall', '--store', 'system', '--store', 'nss', '--json'], BOUND);
run('doas', ['sudo', '-n', 'env', '-u', 'SUDO_UID', 'DOAS_USER=devca-tester', ...SUDO.slice(2), 'list']);
// In a folder where everybody may make one, it is root's only where it is there.
mkdirSync('/mnt/authority', { mode: 0o700 });
run('by name', [...SUDO, 'init', '--no-trust', '--home', '/mnt/authority']);
run('nobody', ['sudo', '-n', 'env', 'SUDO_UID=4711', ...SUDO.slice(2), 'list']);
run('root alone', ['sudo', '-n', 'env', '-u', 'SUDO_UID', `HOME=${userHome}`, ...SUDO.slice(2), 'list']);
const files = below(userHome);
const foreign = files.filter((name) => lstatSync(join(userHome, name)).uid !== userId);
const modes = Object.fromEntries(
  ['.local/share/devca', '.local/share/devca/devca.db', '.local/state/devca/trust.jsonl'].map((name) => [
    name,
    lstatSync(join(userHome, name)).mode & 0o777,
  ]),
);

const signalled = await signal();

// A journal that leads root astray.
const folders = ['/etc/one', '/etc/three', '/etc/two'];
for (const folder of folders) mkdirSync(folder);
mkdirSync(join(userHome, 'evil/managed'), { recursive: true });
symlinkSync('/etc/two', join(userHome, 'evil/.devca-a.json'));
writeFileSync(join(userHome, '.local/state/devca/trust.jsonl'), forgedJournal());
run('forged journal', [...SUDO, 'trust', 'uninstall']);
const left = folders.filter((folder) => existsSync(folder));

// A home that leads root astray.
rmSync(home, { recursive: true });
mkdirSync('/etc/astray');
symlinkSync('/etc/astray/devca', home);
run('link', [...SUDO, 'init', '--no-trust']);
symlinkSync('/etc/astray', join(userHome, 'named'));
run('linked name', [...SUDO, 'init', '--no-trust', '--home', join(userHome, 'named')]);
rmSync(join(userHome, '.local/state/devca/trust.jsonl'));
symlinkSync('/etc/astray/trust.jsonl', join(userHome, '.local/state/devca/trust.jsonl'));
rmSync(home);
run('linked journal', [...SUDO, 'init', '--yes', '--stores', 'system']);

const result: SudoResult = {
  runs,
  files,
  foreign,
  modes,
  rootsOwn: existsSync(join(process.env['HOME'] ?? '', '.local')) || existsSync('/root/.local/share/devca'),
  namedOwner: lstatSync('/mnt/authority').uid,
  linkedInto: readdirSync('/etc/astray'),
  signalled,
  left,
};
process.stdout.write(JSON.stringify(result));

function run(name: string, command: readonly string[], limits: readonly string[] = []): void {
  const ids = ['--reuid', String(userId), '--regid', String(userId), '--init-groups', ...limits];
  const environment = [`HOME=${userHome}`, 'PATH=/usr/bin:/bin', 'LANG=C.UTF-8'];
  const { status, stdout, stderr } = spawnSync('setpriv', [...ids, 'env', '-i', ...environment, ...command], {
    cwd: '/',
    encoding: 'utf8',
    timeout: 60_000,
  });
  runs[name] = { status, stdout, stderr };
}

/** Records of stores at which root would remove what is not devca's, and write where the user's link leads. */
function forgedJournal(): string {
  const pem = readFileSync(join(home, 'ca/root.pem'), 'latin1');
  const certificate = /-----BEGIN CERTIFICATE-----([^-]*)-/.exec(pem)?.[1]?.replace(/\s/g, '') ?? '';
  const sha256 = createHash('sha256').update(Buffer.from(certificate, 'base64')).digest('hex');
  writeFileSync(
    join(userHome, 'evil/managed/a.json'),
    JSON.stringify({ CACertificates: [certificate], X: 1 }),
  );
  const root = { sha256, name: 'devca x', certificate };
  const record = (store: string, before: Readonly<Record<string, string>>) =>
    `${JSON.stringify({ schema: 1, at: '', id: store, event: 'begun', action: 'install', store, root, before })}\n`;
  return [
    record('chromium-policy:/nowhere', { folders: '/etc/one\n/etc/two' }),
    record(`chromium-policy:${userHome}/evil/managed`, {}),
    record('docker:/etc/three', { folder: 'absent' }),
  ].join('');
}

/** The user asks devca, which is a process of theirs by then, for the debugger, and with it for the one that is root. */
async function signal(): Promise<Signalled> {
  const child = spawn('setpriv', [...asUser, ...SUDO, 'trust', 'serve', '--no-qr'], { cwd: '/' });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = once(child, 'close');
  await Promise.race([once(child.stdout, 'data'), ended]);
  const pid = readdirSync('/proc').find((name) => {
    try {
      const [interpreter, script, ...words] = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      return interpreter === process.execPath && script === program && words[1] === 'serve';
    } catch {
      return false;
    }
  });
  const owner = pid === undefined ? undefined : userOf(pid);
  const { status: sent } = spawnSync('setpriv', [...asUser, 'kill', '-USR1', String(pid)], { cwd: '/' });
  await setTimeout(1_000);
  const isAlive = existsSync(`/proc/${pid}`);
  spawnSync('kill', [String(pid)]);
  child.kill();
  await ended;
  return { owner, sent, isAlive, stderr };
}

function userOf(pid: string): number {
  return Number(/^Uid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

function below(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' });
}
