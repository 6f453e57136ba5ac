import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../../../src/run.ts';
import {
  caddyFolder,
  encryptedPem,
  mkcertFolder,
  mkcertRoot,
  twoTier,
  write,
} from '../../support/import-sources.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { NOW } from '../../support/test-pki.ts';
import { type TestWorldOptions, testWorld } from '../../support/test-world.ts';

let user: string;

beforeEach(() => {
  user = scratchFolder();
});

async function devca(line: string, options: Partial<TestWorldOptions> = {}) {
  const world = testWorld({ home: user, now: NOW, ...options });
  const status = await run(line.split(' '), world);
  return { status, ...world.written };
}

const isThere = () => existsSync(join(user, '.local/share/devca'));

describe('devca ca import', () => {
  it('asks on a terminal, once it has said what would come of it', async () => {
    mkcertFolder(join(user, 'ca'));
    const no = await devca('ca import ca', { answers: ['n'] });
    expect(no.status).toBe(1);
    expect(no.error).toMatch(/not constrained.*issues +the root itself.*Import it\?.*nothing was imported/s);
    expect(isThere()).toBe(false);
    const yes = await devca('ca import ca', { answers: ['y'] });
    expect(yes.status).toBe(0);
    expect(yes.out).toMatch(/^imported the authority of mkcert in .* as "mkcert"/);
    expect(yes.error.match(/mkcert keeps no list/g)).toHaveLength(1);
  });

  it('asks for the password of a key before that', async () => {
    const root = mkcertRoot();
    mkcertFolder(join(user, 'ca'), root, encryptedPem(root.key, 'secret'));
    const { status, error } = await devca('ca import ca', { answers: ['secret', 'y'] });
    expect([status, error.indexOf('Passphrase of the key') < error.indexOf('Import it?')]).toEqual([0, true]);
  });

  it('takes the password from --password-file, else from what opens keys everywhere', async () => {
    const root = mkcertRoot();
    mkcertFolder(join(user, 'ca'), root, encryptedPem(root.key, 'secret'));
    write(join(user, 'password'), 'secret\n');
    expect((await devca('ca import ca --dry-run --password-file password')).status).toBe(0);
    expect((await devca('ca import ca --dry-run --passphrase-file password')).status).toBe(0);
    expect(await devca('ca import ca --dry-run')).toMatchObject({
      status: 1,
      error: expect.stringContaining('DEVCA_IMPORT_PASSWORD_MISSING'),
    });
  });

  it('passes over what is in the inventory, and suggests commands with the flags that were given', async () => {
    mkcertFolder(join(user, '.local/share/mkcert'));
    caddyFolder(join(user, '.local/share/caddy'), twoTier());
    const which = await devca('ca import --yes --name office --home h');
    expect(which.status).toBe(2);
    for (const kind of ['mkcert', 'caddy'])
      expect(which.error).toContain(
        `"devca ca import --from ${kind} --home ${join(user, 'h')} --name office"`,
      );
    expect(await devca('ca import --yes --from mkcert')).toMatchObject({ status: 0 });
    expect(await devca('ca import --yes')).toMatchObject({
      status: 0,
      out: expect.stringContaining('imported the authority of Caddy'),
    });
    expect(await devca('ca import --yes')).toMatchObject({
      status: 1,
      error: expect.stringContaining('[DEVCA_IMPORT_PRESENT]'),
    });
  });

  it('changes nothing in a dry run', async () => {
    mkcertFolder(join(user, 'ca'));
    const { status, out } = await devca('ca import ca --dry-run --json');
    expect([status, isThere()]).toEqual([0, false]);
    expect(JSON.parse(out)).toMatchObject({
      imported: false,
      name: 'mkcert',
      source: { kind: 'mkcert', path: join(user, 'ca') },
      issuesFrom: 'root',
      permitted: null,
    });
  });

  it('says in JSON what it took over and how the stores stand', async () => {
    mkcertFolder(join(user, 'ca'));
    const { out } = await devca('ca import ca --json --name work');
    expect(JSON.parse(out)).toMatchObject({
      imported: true,
      authority: { name: 'work', default: true, intermediate: null, keystore: 'file', rootKeystore: 'file' },
      certificates: { taken: 0, revoked: 0 },
      warnings: [expect.stringContaining('cRLSign'), expect.stringContaining('not constrained')],
      trust: expect.arrayContaining([expect.objectContaining({ store: expect.any(String) })]),
    });
  });

  it('warns of lists that nobody takes whenever it signs one', async () => {
    mkcertFolder(join(user, 'ca'));
    await devca('ca import ca --yes');
    expect((await devca('crl')).error).toContain('may not sign revocation lists');
    expect((await devca('ca show')).out).toMatch(
      /imported +from mkcert.*intermediate +none: the root issues/s,
    );
  });
});
