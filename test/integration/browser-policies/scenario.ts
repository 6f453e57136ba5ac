// Runs inside of a mount namespace as root: brings a root to browsers by their policies and takes it out again, and notes
// each time what the store says, what the browser does, and what lies in the folders. The assertions are in
// browser-policies.test.ts.
import { type ChildProcess, spawn } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { createEphemeralAuthority } from '../../../src/authority/ephemeral-authority.ts';
import { realWorld } from '../../../src/platform/world.ts';
import { installTrust, trustStatus, uninstallTrust } from '../../../src/truststore/trust.ts';
import { buildTrustAnchor } from '../../../src/truststore/trust-anchor.ts';

export interface PolicyInput {
  readonly kind: string;
  /** `URL` stands for the page, `HOME` for an empty home. */
  readonly browser: readonly string[];
  /** What administrators have put there before, by path. */
  readonly present: Readonly<Record<string, string>>;
  readonly folder: string;
}

export interface PolicyObservation {
  readonly status: readonly string[];
  readonly verdict: string;
  /** Files by path, with their modes. */
  readonly files: Readonly<Record<string, string>>;
}

export interface PolicyResult {
  readonly before: PolicyObservation;
  readonly installed: PolicyObservation;
  readonly outcome: readonly string[];
  /** What became of the root in the profile that had taken it in: rows of its uninstall, and the browser's word. */
  readonly profile: readonly string[];
  readonly after: PolicyObservation;
}

const input = JSON.parse(await text(process.stdin)) as PolicyInput;
const authority = await createEphemeralAuthority();
const anchor = buildTrustAnchor(authority.root.der, 'devca root alice@host 1');
const certificate = await authority.issue(['localhost', '127.0.0.1']);
const world = realWorld();
const options = { stores: [input.kind] };
const browserHome = join(process.env['HOME'] ?? '/nowhere', 'browser');
for (const [path, content] of Object.entries(input.present)) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

const before = await observe();
const outcome = (await installTrust(anchor, options, world)).map(({ id, status, changed, detail }) =>
  [id, status, changed ? 'changed' : 'as it was', detail].join(' | '),
);
const installed = await observe();
await uninstallTrust(anchor, options, world);
const profile = await uninstallFromProfile();
const after = await observe();
process.stdout.write(JSON.stringify({ before, installed, outcome, profile, after } satisfies PolicyResult));
process.exit();

async function observe(): Promise<PolicyObservation> {
  const rows = await trustStatus(anchor, options, world);
  return {
    status: rows.map(({ status }) => status),
    verdict: await verdict(),
    files: filesBelow(input.folder),
  };
}

async function uninstallFromProfile(): Promise<readonly string[]> {
  const system = { ...world.system, homeFolder: browserHome };
  const outcomes = await uninstallTrust(anchor, { stores: ['nss'] }, { ...world, system });
  const rows = outcomes
    .filter(({ name }) => name.startsWith('Firefox'))
    .map(({ error, changed }) => error?.code ?? (changed ? 'removed' : 'nothing to do'));
  return [...rows, await verdict(true)];
}

function filesBelow(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync('/etc', { recursive: true, encoding: 'utf8' })) {
    const path = join('/etc', name);
    if (path !== folder && !path.startsWith(`${folder}/`)) continue;
    const status = lstatSync(path);
    const content = status.isFile() ? readFileSync(path, 'utf8') : '';
    found[path] = `${(status.mode & 0o777).toString(8)} ${content}`;
  }
  return found;
}

/** What a browser, with an empty home unless it keeps it, thinks of a page under a certificate of the authority. */
async function verdict(keepsHome = false): Promise<string> {
  const home = browserHome;
  if (!keepsHome) rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  let settle: (verdict: string) => void = () => {};
  const seen = new Promise<string>((resolve) => {
    settle = resolve;
  });
  const server = createServer(certificate.tlsOptions(), (_request, response) => {
    settle('accepted');
    response.end('<title>devca</title>');
  });
  server.on('tlsClientError', (error: NodeJS.ErrnoException) => {
    if (error.code?.includes('ALERT') === true) settle('refused');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const [program = '', ...args] = input.browser.map((word) =>
    word.replace('URL', `https://127.0.0.1:${port}/`).replace('HOME', home),
  );
  const browser = spawn(program, args, {
    env: { PATH: process.env['PATH'] ?? '', HOME: home },
    detached: true,
    stdio: 'ignore',
  });
  const result = await Promise.race([seen, wait(30_000, 'no verdict', { ref: false })]);
  await end(browser);
  server.closeAllConnections();
  server.close();
  return result;
}

async function end(browser: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => browser.on('close', () => resolve()));
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    try {
      if (browser.pid !== undefined) process.kill(-browser.pid, signal);
    } catch {
      return;
    }
    await Promise.race([ended, wait(4_000, undefined, { ref: false })]);
  }
}
