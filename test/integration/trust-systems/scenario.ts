// Runs as root inside of a mount namespace: builds the layout of another family of systems, or takes this machine's
// own, and installs and removes a root there, by devca and by its printed plans. The assertions are in the tests.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { realWorld } from '../../../src/platform/world.ts';
import {
  installTrust,
  planScript,
  planTrust,
  trustStatus,
  uninstallTrust,
} from '../../../src/truststore/trust.ts';
import { buildTrustAnchor, type TrustAction } from '../../../src/truststore/trust-anchor.ts';
import { FAMILIES, type Family, type FamilyName } from './families.ts';

export interface Input {
  readonly certificate: string;
  readonly url: string;
  readonly family: FamilyName | 'debian';
}

export interface Observation {
  readonly name: string;
  readonly status: string;
  readonly detail: string;
  /** Programs that fetched the page. */
  readonly accepted: readonly string[];
  /** Every file of the store with its text, mode and owner; of Java's key store the fingerprints only. */
  readonly files: Readonly<Record<string, string>>;
}

export interface Result {
  readonly before: Observation;
  /** The file is there and the tool was not run. */
  readonly unextracted: Observation;
  readonly installed: Observation;
  readonly uninstalled: Observation;
  readonly pastedInstall: Observation;
  readonly pastedUninstall: Observation;
  readonly errors: readonly string[];
}

const DEBIAN: Omit<Family, 'setUp' | 'tool'> = {
  anchors: '/usr/local/share/ca-certificates',
  bundle: '/etc/ssl/certs/ca-certificates.crt',
  hashed: '/etc/ssl/certs',
  java: '/etc/ssl/certs/java/cacerts',
};

const input = JSON.parse(await text(process.stdin)) as Input;
const other: Family | undefined = input.family === 'debian' ? undefined : FAMILIES[input.family];
const family: Omit<Family, 'setUp' | 'tool'> = other ?? DEBIAN;
if (other !== undefined) build(other);
process.env['PATH'] = `/mnt/bin:${process.env['PATH']}`;
const anchor = buildTrustAnchor(
  new Uint8Array(Buffer.from(input.certificate, 'base64')),
  'devca root alice@host 1',
);
const options = { stores: ['system'] };
const world = realWorld();

const before = await observe();
const [write] = (await planTrust('install', anchor, options, world))[0]?.steps ?? [];
if (write?.kind === 'write') writeFileSync(write.path, write.text);
const unextracted = await observe();
const installing = await installTrust(anchor, options, world);
const installed = await observe();
const uninstalling = await uninstallTrust(anchor, options, world);
const uninstalled = await observe();
await paste('install');
const pastedInstall = await observe();
await paste('uninstall');
const pastedUninstall = await observe();
const errors = [...installing, ...uninstalling].flatMap(({ error }) =>
  error === undefined ? [] : [error.message],
);
const result: Result = {
  before,
  unextracted,
  installed,
  uninstalled,
  pastedInstall,
  pastedUninstall,
  errors,
};
process.stdout.write(JSON.stringify(result));

function build({ setUp, tool, anchors }: Family): void {
  const shell = (script: string): void => {
    execFileSync('sh', ['-e', '-c', script], { stdio: ['ignore', 'ignore', 'inherit'] });
  };
  shell(setUp);
  mkdirSync('/mnt/bin', { recursive: true });
  mkdirSync('/mnt/vendor/anchors', { recursive: true });
  for (const name of ['ISRG_Root_X1', 'ISRG_Root_X2', 'GlobalSign_Root_E46']) {
    const path = join('/usr/share/ca-certificates/mozilla', `${name}.crt`);
    writeFileSync(join('/mnt/vendor/anchors', `${name}.pem`), readFileSync(path));
  }
  const standIn = join('/mnt/bin', 'tool');
  writeFileSync(standIn, `#!/bin/sh\nset -e\n${tool.script}\n`);
  chmodSync(standIn, 0o755);
  if (dirname(tool.path) === '/mnt/bin') shell(`mv ${standIn} ${tool.path}`);
  else shell(`mount --bind ${standIn} ${tool.path}`);
  if (family.java !== '') useSources(dirname(anchors), shell);
  shell(`PATH=/mnt/bin:$PATH ${tool.path} ${tool.path.endsWith('certificates') ? '--fresh' : 'extract'}`);
}

/** Makes p11-kit read what it would read on a system of the family. */
function useSources(folder: string, shell: (script: string) => void): void {
  const module = '/usr/share/p11-kit/modules/p11-kit-trust.module';
  const paths = `x-init-reserved: paths='${folder}:/mnt/vendor'`;
  writeFileSync('/mnt/module', readFileSync(module, 'utf8').replace(/^x-init-reserved:.*$/m, paths));
  shell(`mount --bind /mnt/module ${module}`);
}

/** The plan as it is printed, given to a shell. */
async function paste(action: TrustAction): Promise<void> {
  const script = planScript(await planTrust(action, anchor, options, world), world);
  execFileSync('sh', [], { input: script, stdio: ['pipe', 'ignore', 'inherit'] });
}

async function observe(): Promise<Observation> {
  const [row] = await trustStatus(anchor, options, world);
  const { host } = new URL(input.url);
  const readers: Readonly<Record<string, readonly string[]>> = {
    curl: ['curl', '-sSf', '--cacert', family.bundle, input.url],
    openssl: [
      ...['openssl', 's_client', '-connect', host, '-verify_return_error'],
      ...['-CApath', family.hashed, '-no-CAfile', '-no-CAstore'],
    ],
  };
  const verdicts = await Promise.all(
    Object.entries(readers).map(async ([name, command]) => ((await run(command)).status === 0 ? [name] : [])),
  );
  const java = (await run(['keytool', '-list', '-keystore', family.java, '-storepass', 'changeit'])).stdout;
  const fingerprints = java.match(/[0-9A-F]{2}(:[0-9A-F]{2}){31}/g) ?? [];
  return {
    name: row?.name ?? '',
    status: row?.status ?? 'no row',
    detail: row?.detail ?? '',
    accepted: verdicts.flat(),
    files: {
      ...filesOf(family.anchors),
      ...filesOf(family.hashed),
      [family.bundle]: readFileSync(family.bundle, 'utf8'),
      [family.java]: fingerprints.sort().join('\n'),
    },
  };
}

function filesOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder).flatMap((name) => {
      const path = join(folder, name);
      if (!/\.(pem|crt|\d)$/.test(name)) return [];
      const { mode, uid } = lstatSync(path);
      return [[path, `${mode.toString(8)} ${uid} ${readFileSync(path, 'utf8')}`]];
    }),
  );
}

/** With nothing in the environment that would tell a program which roots to trust. */
function run([program = '', ...args]: readonly string[]): Promise<{ status: number | null; stdout: string }> {
  const child = spawn(program, args, { env: { PATH: process.env['PATH'] ?? '', HOME: '/root' } });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.resume();
  child.stdin.end();
  return new Promise((resolve) => {
    child.on('error', () => resolve({ status: 127, stdout }));
    child.on('close', (status) => resolve({ status, stdout }));
  });
}
