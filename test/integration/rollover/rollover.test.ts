import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Lab, proofLab } from '../proof/lab.ts';
import { type Pair, shakeHands } from './connections.ts';

jest.setTimeout(60_000);

const pair = (lab: Lab, folder: string, name: string): Pair => ({
  cert: join(lab.folder, folder, `${name}-fullchain.pem`),
  key: join(lab.folder, folder, `${name}-key.pem`),
});

/** An authority whose first generation issued into `old`, and whose second into `new`. */
async function rolled(lab: Lab, init: readonly string[], roll: readonly string[]): Promise<void> {
  const issue = async (out: string) => {
    await lab.run('issue', 'api.test', '--out', out);
    await lab.run('issue', 'alice', '--profile', 'client', '--out', out);
  };
  await lab.run('init', '--no-trust', ...init);
  await issue('old');
  copyFileSync(join(lab.home, 'ca/root.pem'), join(lab.folder, 'old-root.pem'));
  expect(await lab.run(...roll, '--no-trust')).toMatchObject({ status: 0 });
  await issue('new');
}

describe('a rollover', () => {
  const lab = proofLab();
  const ca = (name: string) => join(lab.home, 'ca', name);
  const ends = { old: () => pair(lab, 'old', 'api.test'), new: () => pair(lab, 'new', 'api.test') };
  const clients = {
    old: () => pair(lab, 'old', 'alice-client'),
    new: () => pair(lab, 'new', 'alice-client'),
  };

  beforeAll(() => rolled(lab, [], ['ca', 'permit', 'corp.de']));

  it.each([
    ['old', 'old'],
    ['old', 'new'],
    ['new', 'old'],
    ['new', 'new'],
  ] as const)(
    'keeps a server of the %s generation and a client of the %s one together where both roots are trusted',
    async (server, client) => {
      const handshake = {
        server: ends[server](),
        client: clients[client](),
        serverTrusts: [ca('roots.pem')],
        clientTrusts: [ca('roots.pem')],
      };
      expect(await shakeHands(handshake)).toBe('established');
    },
  );

  it('leaves those that trust the old root alone with what the old generation issued', async () => {
    const old = { serverTrusts: [ca('root-1.pem')], clientTrusts: [ca('root-1.pem')] };
    expect(readFileSync(ca('root-1.pem'))).toEqual(readFileSync(join(lab.folder, 'old-root.pem')));
    expect(await shakeHands({ server: ends.old(), client: clients.old(), ...old })).toBe('established');
    expect(await shakeHands({ server: ends.new(), client: clients.old(), ...old })).toMatch(/^client: /);
    expect(await shakeHands({ server: ends.old(), client: clients.new(), ...old })).toMatch(/^server: /);
  });

  it('lets those that trust the new root alone use what the new generation issued', async () => {
    const latest = { serverTrusts: [ca('root.pem')], clientTrusts: [ca('root.pem')] };
    expect(await shakeHands({ server: ends.new(), client: clients.new(), ...latest })).toBe('established');
    expect(await shakeHands({ server: ends.old(), client: clients.new(), ...latest })).toMatch(/^client: /);
  });

  it('permits from then on what was asked for', async () => {
    expect(await lab.run('issue', 'www.corp.de', '--out', 'new')).toMatchObject({ status: 0 });
    const again = await lab.run('ca', 'permit', 'corp.de', 'a.corp.de', '10.1.0.0/16');
    expect(again).toMatchObject({ status: 0, out: expect.stringContaining('no generation was made') });
  });

  it('proves and verifies what both generations issued', async () => {
    expect(await lab.run('selftest', '--all')).toMatchObject({ status: 0 });
    const files = [ends.old().cert, ends.new().cert];
    expect(await lab.run('verify', ...files)).toMatchObject({ status: 0 });
    expect(await lab.run('verify', ...files, '--crl', ca('crl.pem'))).toMatchObject({ status: 0 });
  });

  it('revokes in the list of the generation that issued, in the one file for both', async () => {
    await lab.run('issue', 'bob', '--profile', 'client');
    await lab.run('revoke', pair(lab, 'old', 'alice-client').cert);
    const verify = async (file: string) =>
      JSON.parse(
        (await lab.run('verify', file, '--crl', ca('crl.pem'), '--purpose', 'client', '--json')).out,
      );
    expect(await verify(clients.old().cert)).toMatchObject({
      targets: [{ problems: [{ code: 'DEVCA_REVOCATION_REVOKED' }] }],
    });
    expect(await verify(clients.new().cert)).toMatchObject({ valid: true });
    expect(readFileSync(ca('crl.pem'), 'utf8').match(/BEGIN X509 CRL/g)).toHaveLength(4);
  });

  it('shows what still hangs on the old generation, and does not retire it before', async () => {
    const { certificates } = JSON.parse((await lab.run('list', '--old', '--json')).out);
    expect(certificates).toMatchObject([
      { names: ['api.test'], generation: 1, old: true, authority: 'default' },
    ]);
    expect(await lab.run('ca', 'retire', '--no-trust')).toMatchObject({
      status: 1,
      error: expect.stringContaining('generation 1 has 1, such as api.test'),
    });
    expect(existsSync(ca('root-1.pem'))).toBe(true);
    const { authorities } = JSON.parse((await lab.run('ca', 'list', '--json')).out);
    expect(authorities).toMatchObject([
      {
        generations: [
          { generation: 2, state: 'current' },
          { generation: 1, state: 'old', live: 1 },
        ],
      },
    ]);
  });

  it('is over once what hung on the old generation has been issued again', async () => {
    await lab.run('issue', 'api.test', '--out', 'old');
    const retired = await lab.run('ca', 'retire', '--no-trust');
    expect(retired).toEqual({
      status: 0,
      error: '',
      out: 'retired generation 1 of the authority "default"\n',
    });
    expect(readdirSync(join(lab.home, 'ca')).sort()).toEqual([
      'crl.pem',
      'intermediate.pem',
      'root.pem',
      'roots.pem',
    ]);
    expect(readdirSync(join(lab.home, 'keys'))).toEqual(['default-2-intermediate.pem']);
    expect(readFileSync(ca('roots.pem'))).toEqual(readFileSync(ca('root.pem')));
    expect(readFileSync(ca('crl.pem'), 'utf8').match(/BEGIN X509 CRL/g)).toHaveLength(2);
    const latest = { serverTrusts: [ca('roots.pem')], clientTrusts: [ca('roots.pem')] };
    expect(await shakeHands({ server: ends.old(), client: clients.new(), ...latest })).toBe('established');
    expect(await lab.run('ca', 'retire', '--no-trust')).toMatchObject({
      status: 0,
      out: expect.stringContaining('nothing was changed'),
    });
    expect(await lab.run('selftest', '--all')).toMatchObject({ status: 0 });
  });
});

describe('a bridge', () => {
  const lab = proofLab();
  const file = (name: string) => join(lab.folder, name);

  beforeAll(async () => {
    await rolled(lab, ['--root-keystore', 'file'], ['ca', 'roll', '--bridge']);
    const text = (path: string) => readFileSync(path, 'utf8');
    writeFileSync(
      file('bridged.pem'),
      text(join(lab.folder, 'new/api.test.pem')) + text(join(lab.home, 'ca/bridge.pem')),
    );
  });

  it('lets those that trust the old root alone use what the new generation issued', async () => {
    const server = { ...pair(lab, 'new', 'api.test'), cert: file('bridged.pem') };
    const handshake = {
      server,
      client: pair(lab, 'old', 'alice-client'),
      serverTrusts: [join(lab.home, 'ca/roots.pem')],
      clientTrusts: [file('old-root.pem')],
    };
    expect(await shakeHands(handshake)).toBe('established');
    expect(await shakeHands({ ...handshake, server: pair(lab, 'new', 'api.test') })).toMatch(/^client: /);
  });

  it('holds what the new generation issues to the old constraint', async () => {
    await lab.run('ca', 'permit', 'corp.de', '--bridge', '--no-trust');
    await lab.run('issue', 'www.corp.de');
    await lab.run('issue', 'inside.test');
    const throughBridge = async (name: string) => {
      const text = [file(`${name}.pem`), join(lab.home, 'ca/bridge.pem')].map((path) =>
        readFileSync(path, 'utf8'),
      );
      writeFileSync(file('through.pem'), text.join(''));
      const { out } = await lab.run(
        'verify',
        'through.pem',
        '--roots',
        join(lab.home, 'ca/root-2.pem'),
        '--json',
      );
      const problems: { code: string }[] = JSON.parse(out).targets[0].problems;
      return [...new Set(problems.map(({ code }) => code))];
    };
    expect(await throughBridge('inside.test')).toEqual([]);
    expect(await throughBridge('www.corp.de')).toEqual(['DEVCA_CONSTRAINT_NOT_PERMITTED']);
  });

  it('goes with the generation whose root signed it', async () => {
    expect(existsSync(join(lab.home, 'ca/bridge-2.pem'))).toBe(true);
    const retired = await lab.run('ca', 'retire', '--no-trust', '--force', '--json');
    expect(JSON.parse(retired.out)).toMatchObject({
      retired: true,
      generations: [{ generation: 2 }, { generation: 1 }],
    });
    expect(readdirSync(join(lab.home, 'ca')).filter((name) => name.startsWith('bridge'))).toEqual([]);
    expect(readdirSync(join(lab.home, 'keys')).sort()).toEqual([
      'default-3-intermediate.pem',
      'default-3-root.pem',
    ]);
  });

  it('can not be made where the key of the root was destroyed', async () => {
    const other = proofLab();
    await other.run('init', '--no-trust');
    expect(await other.run('ca', 'roll', '--bridge', '--no-trust')).toMatchObject({
      status: 1,
      error: expect.stringContaining('[DEVCA_ROLLOVER_BRIDGE]'),
    });
    expect(JSON.parse((await other.run('ca', 'list', '--json')).out).authorities[0].generations).toHaveLength(
      1,
    );
  });
});
