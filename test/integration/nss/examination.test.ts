import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { examineTrustStores } from '../../../src/lifecycle/doctor-stores.ts';
import { installTrust } from '../../../src/truststore/trust.ts';
import { anchorPem } from '../../../src/truststore/trust-anchor.ts';
import { describeWith } from '../../support/tools.ts';
import { newAnchor, type ScratchWorld, scratchWorld } from '../../support/trust-lab.ts';

/** Of the databases of this home: the machine has stores of its own. */
const found = async ({ world, home }: ScratchWorld, live: readonly string[]) =>
  (await examineTrustStores(live, { ...world, system: { ...world.system, userName: 'alice' } })).filter(
    ({ message }) => message.includes(home),
  );

const run = (command: string): void => {
  execFileSync('sh', ['-c', command], { stdio: 'pipe' });
};

describeWith(['certutil'], 'what doctor finds in NSS databases', () => {
  it('is old roots and flags that are too broad, each with the command that mends it', async () => {
    using scratch = scratchWorld();
    const folder = join(scratch.home, '.local/share/pki/nssdb');
    mkdirSync(folder, { recursive: true });
    run(`certutil -N -d sql:${folder} --empty-password`);
    const [own, old] = [newAnchor('own'), newAnchor('old')];
    await installTrust(own, { stores: ['nss'] }, scratch.world);
    expect(await found(scratch, [own.sha256])).toEqual([]);
    writeFileSync(join(scratch.home, 'old.pem'), anchorPem(old));
    run(`certutil -A -d sql:${folder} -n 'an "old" one' -t CT,C, -i ${join(scratch.home, 'old.pem')}`);
    // A certificate that is there without trust is no root of anybody's.
    writeFileSync(join(scratch.home, 'other.pem'), anchorPem(newAnchor('other')));
    run(`certutil -A -d sql:${folder} -n known -t ,, -i ${join(scratch.home, 'other.pem')}`);
    const findings = await found(scratch, [own.sha256]);
    expect(findings.map(({ id }) => id)).toEqual(['trust-too-broad', 'old-root']);
    expect(findings[0]?.message).toContain('client certificates, e-mail');
    run(findings[0]?.fix ?? 'false');
    expect((await found(scratch, [own.sha256])).map(({ id }) => id)).toEqual(['old-root']);
    run(findings[1]?.fix ?? 'false');
    expect(await found(scratch, [own.sha256])).toEqual([]);
  });
});
