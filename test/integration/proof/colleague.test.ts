import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { type DevcaOutcome, devca } from '../../support/devca.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { describeWith } from '../../support/tools.ts';

interface Client {
  readonly id: string;
  readonly status: string;
  readonly fix: string;
}

describeWith(
  ['curl', 'node', 'certutil', 'chromium'],
  "a colleague's root, without an authority here",
  () => {
    const [colleague, home] = [scratchFolder(), scratchFolder()];
    const run = (words: string, environment: Readonly<Record<string, string>> = {}): DevcaOutcome =>
      devca(words.split(' '), { home, environment });
    const proveCommand = `trust status --store nss --json --client curl,node,chromium --cert ${colleague}/localhost-fullchain.pem --key ${colleague}/localhost-key.pem`;
    const prove = (environment: Readonly<Record<string, string>> = {}): readonly Client[] => {
      const { stdout, stderr } = run(proveCommand, environment);
      if (stdout === '') throw new Error(stderr);
      return (JSON.parse(stdout) as { clients: Client[] }).clients;
    };
    let flag: string;

    beforeAll(() => {
      mkdirSync(join(home, '.local/share/pki/nssdb'), { recursive: true });
      for (const words of [
        'init --no-trust --keystore file',
        'issue localhost',
        'ca export-trust --out roots.pem',
      ])
        expect(devca(words.split(' '), { home: colleague })).toMatchObject({ status: 0 });
      const { stdout } = devca(['ca', 'export-trust', '--json', '--out', 'again.pem'], { home: colleague });
      const [{ sha256 }] = JSON.parse(stdout).roots as [{ sha256: string }];
      flag = `--sha256 ${sha256.slice(0, 16)}`;
      expect(run(`trust install --store nss --from ${colleague}/roots.pem --sha256 ${sha256}`)).toMatchObject(
        {
          status: 0,
        },
      );
    });

    it('is proved by a certificate that the colleague has issued', () => {
      const clients = prove();
      const of = (id: string) => clients.filter((client) => client.id === id);
      for (const client of of('chromium')) expect(client).toMatchObject({ status: 'accepted', fix: '' });
      for (const client of of('curl'))
        expect(client).toMatchObject({
          status: 'refused',
          fix: `devca trust install ${flag} --store system`,
        });
      for (const client of of('node'))
        expect(client).toMatchObject({ status: 'refused', fix: 'eval "$(devca env)"' });
    }, 60_000);

    it('is trusted where "devca env" says so', () => {
      const { stdout } = run('env --only node,curl --json');
      const { variables } = JSON.parse(stdout) as { variables: { name: string; value: string }[] };
      const environment = Object.fromEntries(variables.map(({ name, value }) => [name, value]));
      for (const client of prove(environment)) expect(client).toMatchObject({ status: 'accepted' });
    }, 60_000);

    it('cannot be proved without one, and that is said', () => {
      const { status, stderr } = run('trust status --store nss --prove');
      expect({ status, stderr }).toEqual({
        status: 3,
        stderr: expect.stringContaining('[DEVCA_PROOF_AUTHORITY_ELSEWHERE]'),
      });
    });
  },
);
