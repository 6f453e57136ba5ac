import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { type DevcaOutcome, devca } from '../../support/devca.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { describeWith } from '../../support/tools.ts';

interface Client {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly detail: string;
  readonly fault: { readonly code: string } | null;
  readonly decides: string;
  readonly fix: string;
}

/** By the variable that makes them trust the root alone, or beside others. */
const BY_VARIABLE: Readonly<Record<string, readonly string[]>> = {
  CURL_CA_BUNDLE: ['curl'],
  GIT_SSL_CAINFO: ['git'],
  SSL_CERT_FILE: ['openssl', 'python', 'ruby', 'php', 'go'],
  NODE_EXTRA_CA_CERTS: ['node', 'bun'],
  DENO_CERT: ['deno'],
};

const ALL = [...Object.values(BY_VARIABLE).flat(), 'wget', 'gnutls', 'java', 'chromium', 'firefox'];

describeWith(
  [
    ...['curl', 'wget', 'git', 'openssl', 'gnutls-cli', 'python3', 'ruby', 'php', 'go', 'java', 'certutil'],
    ...['deno', 'bun', 'chromium', 'firefox-esr'],
  ],
  'devca trust status --prove',
  () => {
    const home = scratchFolder();
    const environment = { XDG_CACHE_HOME: join(scratchFolder(), 'cache') };
    const root = join(home, '.local/share/devca/ca/root.pem');
    const run = (args: readonly string[], more: Record<string, string> = {}): DevcaOutcome =>
      devca(args, { home, environment: { ...environment, ...more } });
    const prove = (ids: readonly string[], more: Record<string, string> = {}) => {
      const args = ['trust', 'status', '--json', '--store', 'nss', '--client', ids.join(',')];
      const { stdout, stderr, status } = run(args, more);
      if (stdout === '') throw new Error(stderr);
      return { status, clients: (JSON.parse(stdout) as { clients: Client[] }).clients };
    };
    beforeAll(() => {
      mkdirSync(join(home, '.local/share/pki/nssdb'), { recursive: true });
      expect(run(['init', '--no-trust', '--quiet'])).toMatchObject({ status: 0 });
    });

    it('is refused by every client before the root is trusted, for that reason', () => {
      const { clients, status } = prove(ALL);
      expect(status).toBe(4);
      for (const client of clients)
        expect(client).toMatchObject({ status: 'refused', fault: { code: 'DEVCA_FAULT_UNKNOWN_CA' } });
      expect(new Set(clients.map(({ id }) => id))).toEqual(new Set(ALL));
    }, 60_000);

    it("is accepted by those whose variable in the user's environment names the root", () => {
      const variables = Object.fromEntries(Object.keys(BY_VARIABLE).map((name) => [name, root]));
      const { clients } = prove(Object.values(BY_VARIABLE).flat(), variables);
      for (const [name, ids] of Object.entries(BY_VARIABLE))
        for (const client of clients.filter(({ id }) => ids.includes(id)))
          expect(client).toMatchObject({ status: 'accepted', decides: `${name}="${root}"`, fix: '' });
    }, 60_000);

    it('is not taken for trust where verification is off', () => {
      const { clients, status } = prove(['node', 'git'], {
        NODE_TLS_REJECT_UNAUTHORIZED: '0',
        GIT_SSL_NO_VERIFY: '1',
      });
      expect(clients.map((client) => client.status)).toEqual(clients.map(() => 'not-verifying'));
      expect(status).toBe(4);
    }, 60_000);

    it('is accepted by Chromium once its database trusts the root', () => {
      expect(run(['trust', 'install', '--store', 'nss'])).toMatchObject({ status: 0 });
      expect(prove(['chromium'])).toMatchObject({ status: 0, clients: [{ status: 'accepted' }] });
    }, 60_000);

    it('uses a certificate that is in use where there is one, and else records one for an hour', () => {
      const count = () =>
        (JSON.parse(run(['list', '--all', '--json']).stdout) as { certificates: unknown[] }).certificates
          .length;
      const before = count();
      prove(['curl']);
      expect(count()).toBe(before + 1);
      expect(run(['issue', 'localhost', '--out', home])).toMatchObject({ status: 0 });
      prove(['curl']);
      expect(count()).toBe(before + 2);
    }, 60_000);
  },
);
