// Runs inside of a mount namespace as a user: what other tools leave in real stores, and whether doctor's commands mend
// it. The assertions are in doctor.test.ts.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

export interface DoctorInput {
  readonly userHome: string;
}

export interface DoctorResult {
  readonly clean: readonly string[];
  readonly found: readonly { readonly id: string; readonly message: string; readonly fix: string }[];
  /** What is left once the first command of each look has been run, until there is none. */
  readonly left: readonly string[];
  readonly looks: number;
}

const ANCHORS = '/usr/local/share/ca-certificates';
const { userHome } = JSON.parse(await text(process.stdin)) as DoctorInput;
const program = `${process.execPath} ${resolve(import.meta.dirname, '../../../bin/devca.js')}`;

// Java's part takes most of the time, and has tests of its own.
sh('echo cacerts_updates=no | sudo -n tee /etc/default/cacerts');
sh('sudo -n update-ca-certificates --fresh');
sh(`${program} init --no-trust --quiet`);
const clean = findings().map(({ id }) => id);

sh('mkcert -install');
sh('sudo -n mkcert -install');
const mkcert = join(userHome, '.local/share/mkcert');
sh(`cat ${mkcert}/rootCA.pem ${mkcert}/rootCA.pem | sudo -n tee ${ANCHORS}/two.crt`);
sh(`openssl x509 -in ${mkcert}/rootCA.pem -outform der | sudo -n tee ${ANCHORS}/der.crt`);
sh(`sudo -n cp ${mkcert}/rootCA.pem ${ANCHORS}/ignored.pem`);
sh(`${program} init --no-trust --quiet --home ${userHome}/other`);
sh(`sudo -n cp ${userHome}/other/ca/root.pem ${ANCHORS}/devca-0123456789abcdef.crt`);
sh(`sudo -n cp ${userHome}/other/ca/root.pem ${ANCHORS}/gone.crt`);
sh('sudo -n update-ca-certificates');
sh(`sudo -n rm ${ANCHORS}/gone.crt`);
sh('sudo -n update-ca-certificates');

const found = findings();
let looks = 0;
let left = found;
// One command can make others needless.
for (; left.length > 0 && looks < 20; looks++) {
  sh(left[0]?.fix ?? 'false');
  left = findings();
}
const result: DoctorResult = { clean, found, left: left.map(({ id }) => id), looks };
process.stdout.write(JSON.stringify(result));

/** What is wrong with the stores, besides that they, or settings of this machine, don't trust the root of this home. */
function findings(): DoctorResult['found'] {
  const { stdout } = spawnSync('sh', ['-c', `${program} doctor --json`], { cwd: '/', encoding: 'utf8' });
  const { findings: all } = JSON.parse(stdout) as { findings: DoctorResult['found'] };
  return all.filter(({ id }) => !/^(store|settings)-/.test(id));
}

function sh(command: string): number | null {
  return spawnSync('sh', ['-c', command], { cwd: '/', stdio: 'ignore', timeout: 60_000 }).status;
}
