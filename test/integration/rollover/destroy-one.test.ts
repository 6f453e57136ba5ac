import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it, jest } from '@jest/globals';
import { describeWith } from '../../support/tools.ts';
import { proofLab } from '../proof/lab.ts';

jest.setTimeout(60_000);

describeWith(['certutil'], 'the end of one of several authorities, with an NSS database', () => {
  const lab = proofLab();
  const database = join(lab.folder, '../.pki/nssdb');
  const roots = (): readonly string[] => {
    const listed = execFileSync('certutil', ['-L', '-d', `sql:${database}`], { encoding: 'utf8' });
    return Array.from(listed.matchAll(/devca root \S+ (\d+)/g), ([, generation = '']) => generation).sort();
  };

  beforeAll(async () => {
    mkdirSync(database, { recursive: true });
    execFileSync('certutil', ['-N', '-d', `sql:${database}`, '--empty-password']);
    for (const name of ['default', 'work'])
      expect(await lab.run('init', '--name', name, '--stores', 'nss', '--yes')).toMatchObject({ status: 0 });
    expect(await lab.run('ca', 'roll', '--authority', 'work', '--stores', 'nss', '--yes')).toMatchObject({
      status: 0,
    });
    expect(roots()).toEqual(['1', '1', '2']);
  });

  it('leaves the stores alone for a copy of the home with --no-trust', async () => {
    const copy = join(lab.folder, '../copy');
    cpSync(lab.home, copy, { recursive: true });
    const args = ['ca', 'destroy', '--authority', 'work', '--yes', '--no-trust', '--home', copy];
    expect(await lab.run(...args)).toMatchObject({ status: 0 });
    expect(roots()).toEqual(['1', '1', '2']);
    expect(await lab.run('issue', 'api.test', '--authority', 'work')).toMatchObject({ status: 0 });
    expect(existsSync(join(copy, 'keys/default-1-intermediate.pem'))).toBe(true);
  });

  it('takes the roots of all its generations out, and no other', async () => {
    expect(await lab.run('ca', 'destroy', '--authority', 'work', '--yes')).toMatchObject({
      status: 0,
      out: expect.stringContaining('destroyed the authority "work"'),
    });
    expect(roots()).toEqual(['1']);
    expect(await lab.run('trust', 'status', '--store', 'nss')).toMatchObject({ status: 0 });
    expect(await lab.run('trust', 'install', '--store', 'nss', '--authority', 'work')).toMatchObject({
      status: 3,
      error: expect.stringContaining('[DEVCA_AUTHORITY_DESTROYED]'),
    });
  });

  it('lets a new one of its name be trusted', async () => {
    expect(await lab.run('init', '--name', 'work', '--stores', 'nss', '--yes')).toMatchObject({ status: 0 });
    expect(roots()).toEqual(['1', '3']);
  });
});
