// Runs inside of a mount namespace as a user: from an empty home to trust in every store and back, with every client of
// this machine as the judge. The assertions are in everybody.test.ts.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';

export interface EverybodyInput {
  readonly path: string;
}

export interface Judgement {
  readonly status: number | null;
  readonly clients: readonly { readonly id: string; readonly status: string; readonly detail: string }[];
}

export interface EverybodyResult {
  readonly before: Judgement;
  readonly installed: Judgement;
  readonly after: Judgement;
}

const { path } = JSON.parse(await text(process.stdin)) as EverybodyInput;
const environment = { PATH: path, HOME: process.env['HOME'] ?? '', LANG: 'C.UTF-8' };
const devca = [process.execPath, resolve(import.meta.dirname, '../../../bin/devca.js')];

// Firefox makes its profile when it is first started.
run(['timeout', '20', 'firefox-esr', '--headless', '--screenshot', '/dev/null', 'about:blank']);
run([...devca, 'init', '--no-trust']);
const before = judge(devca);
run(['sudo', '-n', ...devca, 'trust', 'install']);
const installed = judge([...devca, 'run', '--', ...devca]);
run(['sudo', '-n', ...devca, 'trust', 'uninstall']);
const after = judge(devca);
process.stdout.write(JSON.stringify({ before, installed, after } satisfies EverybodyResult));

function judge(command: readonly string[]): Judgement {
  const { status, stdout } = run([...command, 'trust', 'status', '--prove', '--json']);
  const { clients } = JSON.parse(stdout) as Pick<Judgement, 'clients'>;
  return { status, clients: clients.filter((client) => client.status !== 'not-installed') };
}

function run([name = '', ...args]: readonly string[]): { status: number | null; stdout: string } {
  return spawnSync(name, args, { cwd: '/', env: environment, encoding: 'utf8', timeout: 120_000 });
}
