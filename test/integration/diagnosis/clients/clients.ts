import { join } from 'node:path';
import type { Case } from '../scenario.ts';
import { runChromium, runFirefox } from './browser.ts';
import { type Outputs, resolvable, runBatch, runClient, runEach } from './command-line.ts';

export interface Client {
  readonly id: string;
  /** The program, as found on the PATH. */
  readonly tool: string;
  run(cases: readonly Case[], scratch: string, tool: string): Promise<Outputs>;
}

const source = (name: string): string => join(import.meta.dirname, name);
const address = (one: Case): string => `${one.host}:${one.port}`;
const url = (one: Case): string => `${one.scheme}://${address(one)}/`;
const pair = (one: Case, cert: string, key: string): string[] =>
  one.cert === undefined || one.key === undefined ? [] : [cert, one.cert, key, one.key];

const openssl: Client = {
  id: 'openssl',
  tool: 'openssl',
  run: (cases, _scratch, tool) =>
    runEach(cases, tool, (one) =>
      one.scheme === 'http' || one.id === 'timeout'
        ? undefined
        : [
            ...[
              's_client',
              '-connect',
              `${one.host === 'app.localhost' ? '127.0.0.1' : one.host}:${one.port}`,
              '-CAfile',
              one.trust,
              '-verify_return_error',
            ],
            ...(/^[\d.]+$/.test(one.host)
              ? ['-verify_ip', one.host]
              : ['-verify_hostname', one.host, '-servername', one.host]),
            ...pair(one, '-cert', '-key'),
            ...(one.cert === undefined ? [] : ['-cert_chain', one.cert]),
            ...(one.crl === undefined ? [] : ['-CRL', one.crl, '-crl_check_all']),
            ...(one.alpn === undefined ? [] : ['-alpn', one.alpn]),
            ...(one.maxTls12 === true ? ['-tls1_2'] : []),
          ],
    ),
};

const curl: Client = {
  id: 'curl',
  tool: 'curl',
  run: (cases, _scratch, tool) =>
    runEach(cases, tool, (one) => [
      ...['-sS', '-v', '--max-time', '2', '-o', '/dev/null', '--cacert', one.trust, url(one)],
      ...pair(one, '--cert', '--key'),
      ...(one.crl === undefined ? [] : ['--crlfile', one.crl]),
      ...(one.maxTls12 === true ? ['--tls-max', '1.2'] : []),
      ...(one.alpn === undefined ? [] : ['--http1.1']),
    ]),
};

const gnutls: Client = {
  id: 'gnutls',
  tool: 'gnutls-cli',
  run: (cases, _scratch, tool) =>
    runEach(cases, tool, (one) =>
      one.scheme === 'http' || one.host === 'app.localhost' || one.crl !== undefined || one.id === 'timeout'
        ? undefined
        : [
            ...['--x509cafile', one.trust, '-p', String(one.port), one.host],
            ...pair(one, '--x509certfile', '--x509keyfile'),
            ...(one.alpn === undefined ? [] : ['--alpn', one.alpn]),
            ...(one.maxTls12 === true ? ['--priority', 'NORMAL:-VERS-TLS1.3'] : []),
          ],
    ),
};

const git: Client = {
  id: 'git',
  tool: 'git',
  run: async (cases, _scratch, tool) => {
    const takes = cases.filter((one) => one.id !== 'timeout' && one.crl === undefined);
    const outputs = await runEach(takes, tool, (one) => [
      ...['-c', `http.sslCAInfo=${one.trust}`],
      ...(one.cert === undefined ? [] : ['-c', `http.sslCert=${one.cert}`, '-c', `http.sslKey=${one.key}`]),
      ...['ls-remote', url(one)],
    ]);
    // It fails in any case, since no server here is a repository.
    return new Map([...outputs].filter(([, text]) => !text.includes('is this a git repository')));
  },
};

const wget: Client = {
  id: 'wget',
  tool: 'wget',
  run: (cases, _scratch, tool) =>
    runEach(resolvable(cases), tool, (one) => [
      ...['-O', '/dev/null', '-t', '1', '-T', '2', `--ca-certificate=${one.trust}`, url(one)],
      ...(one.cert === undefined ? [] : [`--certificate=${one.cert}`, `--private-key=${one.key}`]),
      ...(one.crl === undefined ? [] : [`--crl-file=${one.crl}`]),
    ]),
};

const node = (id: string, tool: string): Client => ({
  id,
  tool,
  run: (cases, _scratch, tool) =>
    runBatch(cases, tool, [source('client.mjs')], { NODE_EXTRA_CA_CERTS: cases[0]?.trust ?? '' }),
});

const python: Client = {
  id: 'python',
  tool: 'python3',
  run: (cases, _scratch, tool) => runBatch(cases, tool, [source('client.py')]),
};

const go: Client = {
  id: 'go',
  tool: 'go',
  run: async (cases, scratch, tool) => runBatch(cases, await buildGoClient(scratch, tool), []),
};

const java: Client = {
  id: 'java',
  tool: 'java',
  // Java goes on where a server does not know the name, and then waits.
  run: (cases, _scratch, tool) =>
    runBatch(
      cases.filter((one) => one.id !== 'sni'),
      tool,
      ['-XX:TieredStopAtLevel=1', source('client.java')],
    ),
};

export const CLIENTS: readonly Client[] = [
  openssl,
  curl,
  gnutls,
  git,
  wget,
  python,
  go,
  java,
  node('node', process.execPath),
  { id: 'chrome', tool: 'chromium', run: runChromium },
  { id: 'firefox', tool: 'firefox', run: runFirefox },
];

/** The path of the client in Go; with two arguments it loads that certificate and key instead. */
export async function buildGoClient(scratch: string, tool: string): Promise<string> {
  const program = join(scratch, 'go-client');
  const environment = {
    HOME: scratch,
    GOCACHE: join(scratch, 'go-cache'),
    GO111MODULE: 'off',
    CGO_ENABLED: '0',
  };
  const built = await runClient(tool, ['build', '-o', program, source('client.go')], { environment });
  if (built.status !== 0) throw new Error(`go build failed: ${built.output}`);
  return program;
}
