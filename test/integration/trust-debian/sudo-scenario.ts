// Runs inside of a mount namespace as root, as `sudo devca` would for a user: installs a root into that user's NSS
// database and takes it out again, and notes whose the files are. The assertions are in trust-debian.test.ts.
import { execFileSync } from 'node:child_process';
import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { realWorld } from '../../../src/platform/world.ts';
import { installTrust, trustStatus, uninstallTrust } from '../../../src/truststore/trust.ts';
import { buildTrustAnchor } from '../../../src/truststore/trust-anchor.ts';

export interface SudoInput {
  readonly certificate: string;
  readonly userHome: string;
}

export interface SudoResult {
  readonly install: readonly string[];
  readonly uninstall: readonly string[];
  readonly after: readonly string[];
  /** What an install says of a database that its owner may only read. */
  readonly readOnly: readonly string[];
  /** Files and folders in the user's home that the user does not own. */
  readonly foreign: readonly string[];
  readonly files: readonly string[];
  readonly journalMode: number;
}

const input = JSON.parse(await text(process.stdin)) as SudoInput;
const anchor = buildTrustAnchor(
  new Uint8Array(Buffer.from(input.certificate, 'base64')),
  'devca root alice@host 1',
);
const world = realWorld();
const options = { stores: ['nss'] };
const uid = Number(process.env['SUDO_UID']);
const folder = join(input.userHome, '.pki/nssdb');
execFileSync('sudo', ['-n', '-u', `#${uid}`, 'mkdir', '-p', folder]);
execFileSync('sudo', ['-n', '-u', `#${uid}`, 'certutil', '-N', '-d', `sql:${folder}`, '--empty-password']);

const lines = (rows: readonly { id: string; status: string }[]) =>
  rows.filter(({ id }) => id === `nss:${folder}`).map(({ status }) => status);
const install = lines(await installTrust(anchor, options, world));
const uninstall = lines(await uninstallTrust(anchor, options, world));
const after = lines(await trustStatus(anchor, options, world));
chmodSync(join(folder, 'cert9.db'), 0o400);
const readOnly = (await installTrust(anchor, options, world)).flatMap(({ id, status, error }) =>
  id === `nss:${folder}` ? [`${status} ${error?.code}`] : [],
);
const files = readdirSync(input.userHome, { recursive: true, encoding: 'utf8' });
const result: SudoResult = {
  install,
  uninstall,
  after,
  readOnly,
  files,
  foreign: files.filter((name) => lstatSync(join(input.userHome, name)).uid !== uid),
  journalMode: lstatSync(join(input.userHome, '.local/state/devca/trust.jsonl')).mode & 0o777,
};
process.stdout.write(JSON.stringify(result));
