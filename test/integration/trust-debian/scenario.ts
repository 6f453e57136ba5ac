// Runs inside of a mount namespace: installs a root into the system's store and takes it out again, and notes each time
// what the store, its files and its readers say. The assertions are in trust-debian.test.ts.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { realWorld } from '../../../src/platform/world.ts';
import {
  installTrust,
  planTrust,
  type StoreOutcome,
  trustStatus,
  uninstallTrust,
} from '../../../src/truststore/trust.ts';
import { buildTrustAnchor } from '../../../src/truststore/trust-anchor.ts';

export interface ScenarioInput {
  readonly certificate: string;
  readonly url: string;
}

export interface Observation {
  readonly status: string;
  /** Programs that fetched the page. */
  readonly accepted: readonly string[];
  readonly bundle: string;
  readonly anchors: readonly string[];
  readonly links: readonly string[];
  readonly deadLinks: readonly string[];
  readonly javaAliases: readonly string[];
}

export interface ScenarioResult {
  readonly before: Observation;
  readonly planned: readonly string[];
  readonly install: readonly Pick<StoreOutcome, 'status' | 'changed' | 'detail'>[];
  readonly installed: Observation;
  readonly uninstall: readonly Pick<StoreOutcome, 'status' | 'changed' | 'detail'>[];
  readonly after: Observation;
  readonly owners: { readonly user: number; readonly anchor: number };
}

const CERTIFICATES = '/etc/ssl/certs';
const ANCHORS = '/usr/local/share/ca-certificates';
const CACERTS = join(CERTIFICATES, 'java/cacerts');

const READERS: Readonly<Record<string, readonly string[]>> = {
  curl: ['curl', '-sSf', 'URL'],
  'openssl bundle': [
    'openssl',
    's_client',
    '-connect',
    'HOST',
    '-verify_return_error',
    '-CAfile',
    join(CERTIFICATES, 'ca-certificates.crt'),
    '-no-CApath',
    '-no-CAstore',
  ],
  'openssl folder': [
    'openssl',
    's_client',
    '-connect',
    'HOST',
    '-verify_return_error',
    '-CApath',
    CERTIFICATES,
    '-no-CAfile',
    '-no-CAstore',
  ],
  python: [
    '/usr/bin/python3',
    '-c',
    'import sys, urllib.request; urllib.request.urlopen(sys.argv[1])',
    'URL',
  ],
};

const input = JSON.parse(await text(process.stdin)) as ScenarioInput;
const anchor = buildTrustAnchor(
  new Uint8Array(Buffer.from(input.certificate, 'base64')),
  'devca root alice@host 1',
);
const options = { stores: ['system'] };
const real = realWorld();
// Nobody types here: sudo is set up not to ask, and a plain user counts as one who sits at the terminal.
const world = { ...real, terminal: { ...real.terminal, canAsk: process.getuid?.() !== 0 } };

const before = await observe();
const planned = (await planTrust('install', anchor, options, world)).flatMap(({ steps }) =>
  steps.map(({ kind, needsRoot, why }) => `${kind} ${needsRoot ? 'as root' : ''}: ${why}`),
);
const install = await installTrust(anchor, options, world);
const installed = await observe();
const owners = {
  user: process.getuid?.() ?? -1,
  anchor: lstatSync(join(ANCHORS, installed.anchors[0] ?? '')).uid,
};
const uninstall = await uninstallTrust(anchor, options, world);
const after = await observe();
process.stdout.write(
  JSON.stringify({ before, planned, install, installed, uninstall, after, owners } satisfies ScenarioResult),
);

async function observe(): Promise<Observation> {
  const [row] = await trustStatus(anchor, options, world);
  const verdicts = await Promise.all(
    Object.entries(READERS).map(async ([name, command]) => ((await accepts(command)) ? [name] : [])),
  );
  const links = readdirSync(CERTIFICATES).filter((name) =>
    lstatSync(join(CERTIFICATES, name)).isSymbolicLink(),
  );
  return {
    status: row?.status ?? 'no row',
    accepted: verdicts.flat(),
    bundle: createHash('sha256')
      .update(readFileSync(join(CERTIFICATES, 'ca-certificates.crt')))
      .digest('hex'),
    anchors: readdirSync(ANCHORS).filter((name) => name.startsWith('devca')),
    links,
    deadLinks: links.filter(
      (name) => statSync(join(CERTIFICATES, name), { throwIfNoEntry: false }) === undefined,
    ),
    javaAliases: await javaAliases(),
  };
}

async function accepts(command: readonly string[]): Promise<boolean> {
  const words = command.map((word) =>
    word.replace('URL', input.url).replace('HOST', new URL(input.url).host),
  );
  return (await run(words)).status === 0;
}

async function javaAliases(): Promise<readonly string[]> {
  const { stdout } = await run(['keytool', '-list', '-keystore', CACERTS, '-storepass', 'changeit']);
  return stdout.match(/^debian:devca[^,]*/gm) ?? [];
}

/** With nothing in the environment that would tell a program which roots to trust. */
function run([program = '', ...args]: readonly string[]): Promise<{ status: number | null; stdout: string }> {
  const child = spawn(program, args, { env: { PATH: process.env['PATH'] ?? '', HOME: homedir() } });
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
