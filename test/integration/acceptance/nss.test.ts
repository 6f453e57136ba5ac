import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodePem, encodePem } from '../../../src/pki/pem.ts';
import { acceptanceSuite } from '../../support/acceptance-suite.ts';
import type { Trial } from '../../support/acceptance-trials.ts';
import { judgeEach, runProgram, type Wording } from '../../support/acceptance-verdicts.ts';
import { toolOrFail } from '../../support/tools.ts';

const WORDING: Partial<Wording> = {
  purpose: /type not approved for application/,
  authority: /issuer is not recognized/,
  'not-an-authority': /issuer is not recognized/,
  expired: /has expired/,
  // One code for both.
  'not-yet-valid': /has expired/,
  constraint: /not permitted to issue a certificate with this name/,
  'path-length': /path length constraint is invalid/,
};

acceptanceSuite({
  name: 'NSS',
  tools: ['certutil'],
  wording: WORDING,
  // certutil checks no names, which is left to Firefox, and cannot read Ed25519 keys, of which devca warns.
  takes: ({ id, refusedFor }) => !refusedFor.includes('name') && !id.includes(' ed25519 '),
  judge: async (trials, home) => {
    const [first] = trials;
    if (first === undefined) return [];
    const pristine = mkdtempSync(join(home, 'nss-'));
    await certutil(pristine, ['-N', '--empty-password']);
    await certutil(pristine, ['-A', '-t', 'CT,,', '-n', 'root', '-i', first.root]);
    return await judgeEach(trials, (trial) => verify(trial, pristine));
  },
});

/** In a database of its own, since NSS finds intermediates wherever it has seen them. */
async function verify({ certificate, purpose }: Trial, pristine: string): Promise<string | undefined> {
  const database = mkdtempSync(`${pristine}-`);
  cpSync(pristine, database, { recursive: true });
  const blocks = decodePem(readFileSync(certificate.fullchain, 'utf8'), certificate.fullchain);
  for (const [index, { der }] of blocks.entries()) {
    const file = join(database, `${index}.pem`);
    writeFileSync(file, encodePem('CERTIFICATE', der));
    await certutil(database, ['-A', '-a', '-t', ',,', '-n', `certificate ${index}`, '-i', file]);
  }
  const usage = purpose === 'server' ? 'V' : 'C';
  const said = await certutil(database, ['-V', '-e', '-u', usage, '-n', 'certificate 0']);
  return said.includes('certificate is valid') ? undefined : said;
}

async function certutil(database: string, args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await runProgram(toolOrFail('certutil'), ['-d', `sql:${database}`, ...args], {
    home: database,
  });
  return `${stdout}${stderr}`;
}
