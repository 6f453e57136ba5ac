import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { afterAll, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/platform/clock.ts';
import { systemRandom } from '../../../src/platform/random.ts';
import { run } from '../../../src/run.ts';
import { inspectHandshake } from '../../../src/wire/inspect-handshake.ts';
import {
  type ServedHandshake,
  type ServeOptions,
  serveHandshakes,
} from '../../../src/wire/serve-handshakes.ts';
import { reportServed, type ServedReport } from '../../../src/wire/served-report.ts';
import { testWorld } from '../../support/test-world.ts';
import { cleanEnvironment, describeWith, toolOrFail } from '../../support/tools.ts';
import { makeAuthority } from '../../unit/wire/certificates.ts';
import { buildGo, keyStore, openSslServer, Scene, trustStore } from './peers.ts';

const scene = new Scene();
afterAll(() => scene.end());
const world = { clock: systemClock, random: systemRandom };
const key = scene.write('client.key', scene.client.keyPem);
const certificate = scene.write('client.pem', scene.clientPem);
const root = scene.path('root.pem');

/** What the listening inspector saw of one program. */
async function examine(
  program: string,
  args: (port: number) => string[],
  options: Partial<ServeOptions> = {},
): Promise<ServedReport> {
  let deliver: (served: ServedHandshake) => void = () => {};
  const served = new Promise<ServedHandshake>((resolve) => {
    deliver = resolve;
  });
  const { server, authority } = scene;
  const listener = await serveHandshakes(
    {
      port: 0,
      cert: server.pem + authority.intermediate.pem,
      key: server.keyPem,
      clientRoots: [authority.root.pem],
      timeoutMs: 3000,
      alpn: ['http/1.1'],
      ...options,
    },
    (one) => deliver(one),
    world,
  );
  const child = execFile(
    program.startsWith('/') ? program : toolOrFail(program),
    args(listener.port),
    { env: cleanEnvironment(scene.folder), timeout: 15_000 },
    () => {},
  );
  child.stdin?.end('GET / HTTP/1.0\r\n\r\n');
  try {
    const { report } = await reportServed(await served, {}, world);
    return report;
  } finally {
    child.kill('SIGKILL');
    await listener.close();
  }
}

describeWith(['curl'], 'curl', () => {
  it('is seen with its certificate', async () => {
    const report = await examine(
      'curl',
      (port) => [
        '-s',
        '--cacert',
        root,
        '--cert',
        certificate,
        '--key',
        key,
        `https://localhost:${port}/`,
        '--resolve',
        `localhost:${port}:127.0.0.1`,
      ],
      { clientCertificate: 'need' },
    );
    expect(report).toMatchObject({
      established: true,
      alpn: 'http/1.1',
      clientChain: [{ subject: 'CN=alice' }, {}],
      findings: [],
    });
    expect(report.negotiation.serverName).toBe('localhost');
  });

  it('without the root says unknown_ca', async () => {
    const report = await examine('curl', (port) => [
      '-s',
      '--cacert',
      scene.write('other.pem', makeAuthority('other').root.pem),
      `https://127.0.0.1:${port}/`,
    ]);
    expect(report).toMatchObject({
      established: false,
      alert: { from: 'client', description: 'unknown_ca', number: 48 },
    });
    expect(report.findings[0]?.code).toBe('DEVCA_WIRE_ALERT');
  });
});

describeWith(['openssl'], 'openssl s_client', () => {
  it.each(['-tls1_3', '-tls1_2'])(
    'is seen without a certificate where one is required, %s',
    async (version) => {
      const report = await examine(
        'openssl',
        (port) => ['s_client', '-connect', `127.0.0.1:${port}`, version],
        {
          clientCertificate: 'need',
        },
      );
      expect(report).toMatchObject({ established: false, alert: { from: 'server' } });
      expect(report.alert?.meaning).toBe('the server requires a client certificate and got none');
    },
  );
});

describeWith(['gnutls-cli'], 'gnutls-cli', () => {
  it('is seen', async () => {
    const report = await examine('gnutls-cli', (port) => [
      '--x509cafile',
      root,
      '-p',
      `${port}`,
      'localhost',
    ]);
    expect(report).toMatchObject({ established: true, protocol: 'TLSv1.3' });
  });
});

/** What the inspector foretells of a client with this chain, against the same server's request. */
async function foretold(chain: string, client: 'Go' | 'Java'): Promise<boolean | undefined> {
  const { port } = await openSslServer(scene, 'want');
  const options = { connect: `127.0.0.1:${port}`, cert: chain, key: scene.client.keyPem };
  const { clientCertificate } = await inspectHandshake(`localhost:${port}`, options, world);
  return clientCertificate?.match?.clients.find((one) => one.client === client)?.sends;
}

const CHAINS: readonly [string, string, boolean][] = [
  ['with its intermediate', scene.clientPem, true],
  ['without its intermediate', scene.client.pem, false],
];

describeWith(['go', 'openssl'], 'a Go client', () => {
  let binary: string | undefined;

  it.each(CHAINS)(
    'sends a certificate %s as foretold',
    async (name, chain, sends) => {
      binary ??= buildGo(scene, 'client');
      const file = scene.write(`go ${name}.pem`, chain);
      const report = await examine(binary, (port) => [`127.0.0.1:${port}`, root, file, key], {
        clientCertificate: 'want',
      });
      expect(report.clientChain.length > 0).toBe(sends);
      expect(await foretold(chain, 'Go')).toBe(sends);
    },
    60_000,
  );
});

describeWith(['java', 'keytool', 'openssl'], 'a Java client', () => {
  it.each(CHAINS)(
    'sends a certificate %s as foretold',
    async (name, chain, sends) => {
      const pem = scene.write(`java ${name}.pem`, scene.client.keyPem + chain);
      const keys = keyStore(scene, `${name}.p12`, pem, 'password');
      const trusted = trustStore(scene, `trusted ${name}.p12`, 'password');
      const source = new URL('./peers/Client.java', import.meta.url).pathname;
      const report = await examine(
        'java',
        (port) => ['-XX:TieredStopAtLevel=1', source, `${port}`, keys, trusted, 'password'],
        { clientCertificate: 'want' },
      );
      expect(report.clientChain.length > 0).toBe(sends);
      expect(await foretold(chain, 'Java')).toBe(sends);
    },
    30_000,
  );
});

describeWith(['chromium'], 'Chromium', () => {
  it('says certificate_unknown where it does not know the root, and offers what browsers offer', async () => {
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${scene.path('profile')}`];
    const report = await examine(
      'chromium',
      (port) => [...flags, '--dump-dom', `https://localhost:${port}/`],
      {
        timeoutMs: 10_000,
      },
    );
    expect(report).toMatchObject({
      established: false,
      alert: { from: 'client', description: 'certificate_unknown', number: 46 },
      negotiation: { serverName: 'localhost', offered: { alpn: ['h2', 'http/1.1'] } },
    });
    expect(report.negotiation.offered.groups).toContain('X25519MLKEM768');
  }, 30_000);
});

describeWith(['chromium', 'openssl'], 'the page in Chromium', () => {
  it('is drawn without scripts', async () => {
    const { port } = await openSslServer(scene, 'want');
    const page = scene.path('page.html');
    const argv = [
      'handshake',
      `localhost:${port}`,
      '--connect',
      `127.0.0.1:${port}`,
      '--roots',
      root,
      '--html',
      page,
    ];
    expect(await run(argv, testWorld({ home: scene.folder, now: new Date() }))).toBe(0);
    const image = scene.path('page.png');
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      `--user-data-dir=${scene.path('chromium')}`,
      '--window-size=1200,1600',
    ];
    const shown = await new Promise<string>((resolve) => {
      const dump = [...flags, '--dump-dom', `file://${page}`];
      execFile(
        toolOrFail('chromium'),
        dump,
        { env: cleanEnvironment(scene.folder), timeout: 20_000 },
        (_error, stdout) => resolve(stdout),
      );
    });
    expect(shown).toContain('<summary>');
    expect(shown).toContain('encrypted_extensions');
    await new Promise<void>((resolve) => {
      const shoot = [...flags, `--screenshot=${image}`, `file://${page}`];
      execFile(toolOrFail('chromium'), shoot, { env: cleanEnvironment(scene.folder), timeout: 20_000 }, () =>
        resolve(),
      );
    });
    expect(statSync(image).size).toBeGreaterThan(50_000);
  }, 45_000);
});
