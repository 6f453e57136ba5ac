import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect as connectSocket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnvironment, toolOrFail } from '../../support/tools.ts';
import { makeAuthority, makeCertificate, type TestCertificate } from '../../unit/wire/certificates.ts';

export type ClientPolicy = 'none' | 'want' | 'need';

export interface Peer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Certificates in a scratch folder, for servers that read files. */
export class Scene {
  readonly folder = mkdtempSync(join(tmpdir(), 'devca-wire-'));
  readonly authority = makeAuthority('scene');
  readonly server = this.#make('localhost', ['localhost', '127.0.0.1', '::1'], ['serverAuth']);
  readonly client = this.#make('alice', ['alice.test'], ['clientAuth']);
  readonly #peers: Peer[] = [];

  constructor() {
    const { root, intermediate } = this.authority;
    this.write('root.pem', root.pem);
    this.write('intermediate.pem', intermediate.pem);
    this.write('server.pem', this.server.pem + intermediate.pem);
    this.write('server.key', this.server.keyPem);
  }

  get clientPem(): string {
    return this.client.pem + this.authority.intermediate.pem;
  }

  write(name: string, text: string | Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Keeps a peer until the scene is over. */
  keep(peer: Peer): Peer {
    this.#peers.push(peer);
    return peer;
  }

  async end(): Promise<void> {
    await Promise.all(this.#peers.map((peer) => peer.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  #make(commonName: string, names: string[], purposes: ('serverAuth' | 'clientAuth')[]): TestCertificate {
    return makeCertificate({ commonName, names, purposes, issuer: this.authority.intermediate });
  }
}

const certificateArguments = (scene: Scene): string[] => [
  '-cert',
  scene.path('server.pem'),
  '-cert_chain',
  scene.path('intermediate.pem'),
  '-key',
  scene.path('server.key'),
];

const OPENSSL_POLICY = { none: [], want: ['-verify', '3'], need: ['-Verify', '3'] } as const;

export async function openSslServer(scene: Scene, policy: ClientPolicy, ...more: string[]): Promise<Peer> {
  const port = await freePort();
  const roots = policy === 'none' ? [] : ['-CAfile', scene.path('root.pem')];
  return started(
    scene,
    'openssl',
    [
      's_server',
      '-accept',
      `127.0.0.1:${port}`,
      ...certificateArguments(scene),
      ...OPENSSL_POLICY[policy],
      ...roots,
      '-verify_return_error',
      // It does not take early data as a web server.
      ...(more.includes('-early_data') ? [] : ['-www']),
      ...more,
    ],
    port,
  );
}

export async function gnuTlsServer(scene: Scene, policy: ClientPolicy, ...more: string[]): Promise<Peer> {
  const port = await freePort();
  const requests = {
    none: ['--disable-client-cert'],
    want: ['--verify-client-cert'],
    need: ['--require-client-cert', '--verify-client-cert'],
  }[policy];
  return started(
    scene,
    'gnutls-serv',
    [
      '--port',
      `${port}`,
      '--quiet',
      '--echo',
      '--x509certfile',
      scene.path('server.pem'),
      '--x509keyfile',
      scene.path('server.key'),
      '--x509cafile',
      scene.path('root.pem'),
      ...requests,
      ...more,
    ],
    port,
  );
}

export async function nginxServer(scene: Scene, policy: ClientPolicy, extra = ''): Promise<Peer> {
  const port = await freePort();
  const verify = { none: 'off', want: 'optional', need: 'on' }[policy];
  const configuration = `
daemon off; master_process off; pid ${scene.path(`nginx-${port}.pid`)}; error_log ${scene.path('nginx.log')};
events {}
http {
  access_log off;
  client_body_temp_path ${scene.path('body')}; proxy_temp_path ${scene.path('proxy')};
  fastcgi_temp_path ${scene.path('fastcgi')}; uwsgi_temp_path ${scene.path('uwsgi')}; scgi_temp_path ${scene.path('scgi')};
  server {
    listen 127.0.0.1:${port} ssl http2;
    ssl_certificate ${scene.path('server.pem')}; ssl_certificate_key ${scene.path('server.key')};
    ssl_client_certificate ${scene.path('root.pem')}; ssl_verify_client ${verify}; ssl_verify_depth 3;
    ssl_protocols TLSv1.2 TLSv1.3; ${extra}
    location / { return 200 "ok"; }
  }
}`;
  const path = scene.write(`nginx-${port}.conf`, configuration);
  return started(scene, 'nginx', ['-c', path, '-p', scene.folder, '-e', scene.path('nginx.log')], port);
}

const APACHE_MODULES = '/usr/lib/apache2/modules';

export async function apacheServer(scene: Scene, policy: ClientPolicy): Promise<Peer> {
  const port = await freePort();
  const verify = { none: 'none', want: 'optional', need: 'require' }[policy];
  const module = (name: string): string => `LoadModule ${name}_module ${APACHE_MODULES}/mod_${name}.so`;
  const configuration = `
ServerRoot ${scene.folder}
ServerName localhost
PidFile ${scene.path(`apache-${port}.pid`)}
DefaultRuntimeDir ${scene.folder}
ErrorLog ${scene.path('apache.log')}
Listen 127.0.0.1:${port}
${['mpm_event', 'authz_core', 'ssl', 'socache_shmcb'].map(module).join('\n')}
User www-data
Group www-data
SSLSessionCache shmcb:${scene.path(`apache-${port}.cache`)}(512000)
SSLEngine on
SSLCertificateFile ${scene.path('server.pem')}
SSLCertificateKeyFile ${scene.path('server.key')}
SSLCACertificateFile ${scene.path('root.pem')}
SSLVerifyClient ${verify}
SSLVerifyDepth 3
`;
  const path = scene.write(`apache-${port}.conf`, configuration);
  return started(scene, 'apache2', ['-d', scene.folder, '-f', path, '-DFOREGROUND'], port);
}

export async function javaServer(scene: Scene, policy: ClientPolicy): Promise<Peer> {
  const { server, authority } = scene;
  const password = 'password';
  const pem = scene.write('java.pem', server.keyPem + server.pem + authority.intermediate.pem);
  const keys = keyStore(scene, `keys-${policy}.p12`, pem, password);
  const trusted = trustStore(scene, `trusted-${policy}.p12`, password);
  const source = new URL('./peers/Server.java', import.meta.url).pathname;
  return announced(scene, 'java', ['-XX:TieredStopAtLevel=1', source, keys, trusted, password, policy]);
}

export function keyStore(scene: Scene, name: string, pem: string, password: string): string {
  const out = scene.path(name);
  const args = ['pkcs12', '-export', '-in', pem, '-out', out, '-passout', `pass:${password}`];
  execFileSync(toolOrFail('openssl'), args);
  return out;
}

export function trustStore(scene: Scene, name: string, password: string): string {
  const out = scene.path(name);
  const store = ['-keystore', out, '-storetype', 'PKCS12', '-storepass', password];
  const args = ['-importcert', '-noprompt', ...store, '-alias', 'root', '-file', scene.path('root.pem')];
  execFileSync(toolOrFail('keytool'), args, { stdio: 'ignore' });
  return out;
}

/** Built once per scene; the build cache outlives it, as a cold one takes a minute. */
export function buildGo(scene: Scene, name: 'server' | 'client'): string {
  const out = scene.path(`go-${name}`);
  const environment = {
    ...cleanEnvironment(scene.folder),
    GOCACHE: join(tmpdir(), 'devca-go-cache'),
    GO111MODULE: 'off',
  };
  const source = new URL(`./peers/${name}.go`, import.meta.url).pathname;
  execFileSync(toolOrFail('go'), ['build', '-o', out, source], { env: environment });
  return out;
}

export function goServer(scene: Scene, binary: string, policy: ClientPolicy): Promise<Peer> {
  return announced(scene, binary, [
    scene.path('server.pem'),
    scene.path('server.key'),
    scene.path('root.pem'),
    policy,
  ]);
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function launch(
  scene: Scene,
  program: string,
  args: readonly string[],
  stdout: 'ignore' | 'pipe',
): ChildProcess {
  const path = program.startsWith('/') ? program : toolOrFail(program);
  // In a group of its own, which ends with it: Apache and others have children.
  const environment = cleanEnvironment(scene.folder);
  return spawn(path, args, { env: environment, stdio: ['pipe', stdout, 'ignore'], detached: true });
}

/** A server on a port that we chose: it is up when the port answers. */
async function started(scene: Scene, program: string, args: readonly string[], port: number): Promise<Peer> {
  const peer = peerOf(launch(scene, program, args, 'ignore'), port);
  const deadline = Date.now() + 10_000;
  while (!(await answers(port))) {
    if (Date.now() > deadline) throw new Error(`${program} did not come up`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return scene.keep(peer);
}

/** A server that prints the port that it chose. */
async function announced(scene: Scene, program: string, args: readonly string[]): Promise<Peer> {
  const child = launch(scene, program, args, 'pipe');
  const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  return scene.keep(peerOf(child, Number(/PORT (\d+)/.exec(line.toString())?.[1])));
}

function peerOf(child: ChildProcess, port: number): Peer {
  return {
    port,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      await once(child, 'exit');
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectSocket(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
