// Runs inside of a mount namespace as root: devca through the real sudo changes every kind of store that needs root, and
// then somebody asks the process that stays root for other things. The assertions are in root-process.test.ts.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

export interface RootProcessInput {
  readonly userHome: string;
  readonly userId: number;
}

export interface RootProcessResult {
  readonly install: Run;
  readonly uninstall: Run;
  /** What is left of the stores after the uninstall, and was not there before. */
  readonly left: readonly string[];
  /** Attacks by what they are, and what the process said. */
  readonly refusals: Readonly<Record<string, string>>;
  /** Attacks that changed something. */
  readonly harm: readonly string[];
  /** How the process ends when nobody speaks to it any more. */
  readonly ended: number | null;
}

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const { userHome, userId } = JSON.parse(await text(process.stdin)) as RootProcessInput;
const root = resolve(import.meta.dirname, '../../..');
const HARMED = '/etc/harmed';
const ANCHOR = `/usr/local/share/ca-certificates/devca-0123456789abcdef.crt`;
const CACERTS = '/etc/ssl/certs/java/cacerts';
const STORES = [
  'system',
  'docker:localhost:5000',
  'chromium-policy',
  'firefox-policy',
  `java:${CACERTS}`,
  'nss:/etc/pki/nssdb',
].flatMap((store) => ['--store', store]);

file('/etc/firefox/policies/policies.json', '{"policies":{"DisableTelemetry":true}}');
file('/etc/opt/chrome/policies/company/a.json', '{"HomepageLocation":"https://corp.test"}');
mkdirSync('/etc/chromium/policies/managed', { recursive: true });
symlinkSync('/etc/opt/chrome/policies/company/a.json', '/etc/chromium/policies/managed/z.json');
mkdirSync('/etc/docker/certs.d', { recursive: true });
mkdirSync('/etc/pki/nssdb', { recursive: true });
spawnSync('certutil', ['-N', '-d', 'sql:/etc/pki/nssdb', '--empty-password']);
for (const name of readdirSync('/etc/pki/nssdb')) chmodSync(join('/etc/pki/nssdb', name), 0o644);
devca('init', '--no-trust', '--permit', 'localhost');
const before = paths();
const install = devca('trust', 'install', ...STORES, '--json');
const uninstall = devca('trust', 'uninstall', ...STORES, '--json');
const left = paths().filter((path) => !before.includes(path));

file('/etc/hooks/evil', `#!/bin/sh\ntouch ${HARMED}\n`, 0o755);
// Nobody else can put a program into these folders, but its file is the user's, or open to a group.
const EVIL = `#!/bin/sh\ntouch ${HARMED}\n`;
file('/etc/jdk/own/keytool', EVIL, 0o755);
chownSync('/etc/jdk/own/keytool', userId, userId);
file('/etc/jdk/open/keytool', EVIL, 0o775);
chownSync('/etc/jdk/open/keytool', 0, userId);
mkdirSync('/etc/jdk/linked');
symlinkSync('/etc/jdk/own/keytool', '/etc/jdk/linked/keytool');
for (const name of ['own', 'open', 'linked']) chmodSync(`/etc/jdk/${name}`, 0o755);
copyFileSync(CACERTS, '/etc/jdk/cacerts');
file('/etc/service/keys.p12', 'no key store');
copyFileSync(CACERTS, '/etc/jdk/secret');
chmodSync('/etc/jdk/secret', 0o600);
// As a desktop mounts what its user plugs in: all in there is root's by what the disk says.
const DISK = '/media/devca-tester/disk';
mkdirSync('/media', { recursive: true });
spawnSync('mount', ['-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', '/media']);
file(`${DISK}/keytool`, EVIL, 0o755);
spawnSync('certutil', [
  ...['-A', '-d', 'sql:/etc/pki/nssdb', '-t', ',,', '-n', 'company', '-a'],
  ...['-i', '/etc/ssl/certs/ISRG_Root_X1.pem'],
]);
const KEY_STORE_EDIT = [
  '-delete',
  '-alias',
  'devca x',
  '-keystore',
  '/etc/jdk/cacerts.devca',
  '-storepass',
  'changeit',
];

const ATTACKS: Readonly<Record<string, readonly unknown[]>> = {
  'a program of the user': ['/etc/jdk/own/keytool', ...KEY_STORE_EDIT],
  'a program open to a group': ['/etc/jdk/open/keytool', ...KEY_STORE_EDIT],
  'a link to a program of the user': ['/etc/jdk/linked/keytool', ...KEY_STORE_EDIT],
  'a shell': ['sh', '-c', `touch ${HARMED}`],
  'a file of root': ['rm', '-f', '--', '/etc/hostname'],
  'a file of root by a way up': ['rm', '-f', '--', `${dirname(ANCHOR)}/../../../../etc/hostname`],
  'a new file': ['install', '-m', '0644', '/dev/null', HARMED],
  'the text of a file': ['dd', `of=${HARMED}`, 'conv=notrunc,fsync', 'status=none'],
  'a second destination': ['dd', `of=${ANCHOR}`, `of=${HARMED}`, 'conv=notrunc,fsync', 'status=none'],
  'a mode for everybody': ['install', '-m', '4777', '/dev/null', ANCHOR],
  'a target folder': ['install', '-m', '0644', '-t/etc', '/dev/null', ANCHOR],
  'the mode of a folder': ['install', '-d', '-m', '0755', '/etc/ssl'],
  hooks: ['update-ca-certificates', '--fresh', '--hooksdir', '/etc/hooks'],
  'the system’s own arguments': ['update-ca-certificates', '--etccertsdir', '/etc/hooks'],
  'an agent of the virtual machine': ['keytool', '-J-XX:OnOutOfMemoryError=touch', ...KEY_STORE_EDIT],
  'arguments from a file': ['keytool', '@/etc/hooks/evil'],
  'a database of commands': ['certutil', '-B', '-i', '/etc/hooks/evil', '-d', 'sql:/etc/pki/nssdb'],
  'a file that certutil writes': ['certutil', '-L', '-d', 'sql:/etc/pki/nssdb', '-n', 'x', '-o', HARMED],
  'a key store that is none': ['cp', '-pf', '/etc/service/keys.p12', '/etc/service/keys.p12.devca'],
  'a key store over another file': ['mv', '-f', '/etc/jdk/cacerts.devca', '/etc/service/keys.p12'],
  'a key store that was not copied': ['keytool', ...KEY_STORE_EDIT],
  'a secret key store for all to read': ['chmod', '0444', '/etc/jdk/secret.devca'],
  'a password of root’s': ['keytool', ...KEY_STORE_EDIT.slice(0, -2), '-storepass:file', '/etc/shadow'],
  'a database that is not devca’s': ['rm', '-f', '--', '/etc/pki/nssdb/cert9.db'],
  'the mode of a database': ['install', '-d', '-m', '0700', '/etc/pki/nssdb'],
  'a program from a disk of the user': [`${DISK}/keytool`, ...KEY_STORE_EDIT],
  'a policy of elsewhere': ['cp', '-p', '--', '/etc/shadow', '/etc/chromium/policies/.devca-a.json'],
  'two words in one': ['rm', `-f\0--`, ANCHOR],
  'words in words': ['rm', '-f', ['--', '/etc/hostname'], ANCHOR],
  'a folder of the user': ['rm', '-f', '--', join(userHome, 'x')],
  'a process’s folder': ['rm', '-f', '--', `/proc/self/root${ANCHOR}`],
};

const server = spawn(process.execPath, [join(root, 'dist/root-process.js')], {
  env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
  stdio: ['pipe', 'pipe', 'inherit'],
});
const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
const refusals: Record<string, string> = {};
const harm: string[] = [];
for (const [name, [program, ...args]] of Object.entries(ATTACKS)) {
  const kept = state();
  const stdin = Buffer.from('evil\n').toString('base64');
  server.stdin.write(`${JSON.stringify({ program, args, stdin })}\n`);
  const { value = '{}' } = await lines.next();
  refusals[name] = (JSON.parse(value) as { problem?: string }).problem ?? `was run: ${value}`;
  if (state() !== kept) harm.push(name);
}
server.stdin.write('no request\n');
refusals['no request'] =
  (JSON.parse((await lines.next()).value ?? '{}') as { problem?: string }).problem ?? '';
server.stdin.end();
const [ended] = (await once(server, 'close')) as [number | null];

const result: RootProcessResult = { install, uninstall, left, refusals, harm, ended };
process.stdout.write(JSON.stringify(result));

function file(path: string, content: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, mode);
}

function devca(...words: readonly string[]): Run {
  const ids = ['--reuid', String(userId), '--regid', String(userId), '--init-groups'];
  const environment = [`HOME=${userHome}`, 'PATH=/usr/bin:/bin', 'LANG=C.UTF-8'];
  const program = ['sudo', '-n', process.execPath, join(root, 'bin/devca.js'), ...words];
  const { status, stdout, stderr } = spawnSync('setpriv', [...ids, 'env', '-i', ...environment, ...program], {
    cwd: '/',
    encoding: 'utf8',
    timeout: 120_000,
  });
  return { status, stdout, stderr };
}

/** What the stores are made of, but for what the system's tool makes. */
function paths(): readonly string[] {
  return [
    '/etc/chromium',
    '/etc/docker',
    '/etc/firefox',
    '/etc/opt',
    '/etc/pki',
    dirname(ANCHOR),
    dirname(CACERTS),
  ]
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
    );
}

function state(): string {
  const read = ['/etc/hostname', '/etc/service/keys.p12', '/etc/jdk/cacerts', '/etc/shadow'];
  const { stdout } = spawnSync(
    'stat',
    ['-c', '%a %u', '/etc', '/etc/ssl', '/etc/jdk/cacerts', '/etc/pki/nssdb'],
    {
      encoding: 'utf8',
    },
  );
  const bytes = read.map((path) => readFileSync(path).toString('base64'));
  return JSON.stringify([paths(), stdout, bytes, existsSync(HARMED)]);
}
