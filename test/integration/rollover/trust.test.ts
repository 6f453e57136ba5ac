import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it, jest } from '@jest/globals';
import { describeWith } from '../../support/tools.ts';
import { type Lab, proofLab } from '../proof/lab.ts';

jest.setTimeout(60_000);

interface Row {
  readonly id: string;
  readonly status: string;
  readonly root: { readonly name: string };
}

const rootsIn = async (lab: Lab): Promise<string[]> => {
  const { out } = await lab.run('trust', 'status', '--store', 'nss', '--json');
  return (JSON.parse(out).stores as Row[])
    .filter(({ status }) => status !== 'unsupported')
    .map(({ status, root }) => `${status} ${root.name.at(-1)}`)
    .sort();
};

describeWith(['certutil'], 'trust during a rollover', () => {
  const lab = proofLab();
  const database = join(lab.folder, '../.pki/nssdb');

  beforeAll(async () => {
    mkdirSync(database, { recursive: true });
    execFileSync('certutil', ['-N', '-d', `sql:${database}`, '--empty-password']);
    await lab.run('init', '--stores', 'nss', '--yes');
  });

  it('goes to the new root too, and stays with the old one', async () => {
    expect(await rootsIn(lab)).toEqual(['trusted 1']);
    expect(await lab.run('ca', 'roll', '--stores', 'nss')).toMatchObject({
      status: 0,
      error: expect.stringMatching(/run "devca trust install"/),
    });
    expect(await rootsIn(lab)).toEqual(['different-root 2', 'trusted 1']);
    expect((await lab.run('trust', 'status', '--store', 'nss')).status).toBe(4);
    expect(await lab.run('trust', 'install', '--store', 'nss')).toMatchObject({ status: 0 });
    expect(await rootsIn(lab)).toEqual(['trusted 1', 'trusted 2']);
  });

  it('is installed at once with --yes', async () => {
    expect(await lab.run('ca', 'roll', '--stores', 'nss', '--yes')).toMatchObject({ status: 0 });
    expect(await rootsIn(lab)).toEqual(['trusted 1', 'trusted 2', 'trusted 3']);
  });

  it('leaves with what is retired, and with nothing else', async () => {
    const plan = await lab.run('ca', 'retire', '--dry-run');
    expect(plan.status).toBe(0);
    expect(plan.out.match(/certutil.* -D /g)).toHaveLength(2);
    expect(plan.out).not.toContain('ca-certificates');
    expect(await lab.run('ca', 'retire')).toMatchObject({ status: 0 });
    expect(await rootsIn(lab)).toEqual(['trusted 3']);
    const nicknames = execFileSync('certutil', ['-L', '-d', `sql:${database}`], { encoding: 'utf8' });
    expect(nicknames.match(/devca root/g)).toHaveLength(1);
  });

  it('keeps a generation that a store cannot let go of', async () => {
    await lab.run('ca', 'roll', '--stores', 'nss', '--yes');
    writeFileSync(join(database, 'cert9.db'), 'no database');
    expect(await lab.run('ca', 'retire')).toMatchObject({
      status: 5,
      out: expect.stringContaining('retired nothing: a store still trusts generation 3'),
    });
    const { authorities } = JSON.parse((await lab.run('ca', 'list', '--json')).out);
    expect(authorities[0].generations.map(({ state }: { state: string }) => state)).toEqual([
      'current',
      'old',
      'retired',
      'retired',
    ]);
  });
});
