// Runs inside of a mount namespace as root: a user calls the real sudo, which runs the built program, from `init` to
// `trust uninstall`. The assertions are in sudo.test.ts.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

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
}

const { userHome, userId } = JSON.parse(await text(process.stdin)) as SudoInput;
const program = resolve(import.meta.dirname, '../../../bin/devca.js');
const runs: Record<string, Run> = {};
const home = join(userHome, '.local/share/devca');

const SUDO = ['sudo', '-n', process.execPath, program];
// Root that is bound so can neither read nor write what is the user's alone.
const BOUND = ['--bounding-set', '-dac_override,-dac_read_search,-fowner,-chown'];

run('root that is bound', ['sudo', '-n', 'ls', userHome], BOUND);
run('init', [...SUDO, 'init', '--stores', 'system,nss', '--yes'], BOUND);
run('issue', [...SUDO, 'issue', 'localhost', '--out', userHome], BOUND);
run('status', [...SUDO, 'trust', 'status', '--store', 'system', '--store', 'nss', '--json'], BOUND);
run('uninstall', [...SUDO, 'trust', 'uninstall', '--store', 'system', '--store', 'nss', '--json'], BOUND);
run('doas', ['sudo', '-n', 'env', '-u', 'SUDO_UID', 'DOAS_USER=devca-tester', ...SUDO.slice(2), 'list']);
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

// A home that leads root astray.
rmSync(home, { recursive: true });
mkdirSync('/etc/astray');
symlinkSync('/etc/astray/devca', home);
run('link', [...SUDO, 'init', '--no-trust']);
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

function below(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' });
}
