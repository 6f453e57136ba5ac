import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createEphemeralAuthority } from '../../../src/index.ts';
import { devca } from '../../support/devca.ts';
import { describeWith } from '../../support/tools.ts';
import { watchedServer } from '../../support/trust-lab.ts';
import { buildGoClient } from '../trust-everything/clients.ts';
import { clients, fetchAll, namesOf, outputOf, RUN, TOOLS } from './clients.ts';
import { fingerprintsIn, type RuntimeLab, runtimeLab } from './lab.ts';

const SYSTEM = '/etc/ssl/certs/ca-certificates.crt';

describeWith(TOOLS, 'devca run', () => {
  let lab: RuntimeLab;
  beforeAll(async () => {
    lab = await runtimeLab();
    buildGoClient(lab.home);
  });
  afterAll(() => {
    lab[Symbol.dispose]();
    rmSync(lab.home, { recursive: true, force: true, maxRetries: 5 });
  });

  it('makes every runtime trust the root that no store has, and nothing else does', async () => {
    const all = clients(lab.home);
    const { environment, server } = lab;
    expect(await fetchAll(server.url, all, { environment, through: RUN })).toEqual(namesOf(all));
    expect(await fetchAll(server.url, all, { environment })).toEqual([]);
  }, 200_000);

  it('keeps every root of the system trusted', () => {
    const { stdout } = devca(['env', '--json', '--only', 'openssl'], { home: lab.home });
    const [variable] = JSON.parse(stdout).variables;
    expect(fingerprintsIn(variable.value)).toEqual([
      ...new Set([...fingerprintsIn(SYSTEM), ...fingerprintsIn(lab.root)]),
    ]);
  });

  it.each([
    ['JKS', '-storetype JKS'],
    ['PKCS#12 as of Java 17', '-storetype PKCS12'],
    [
      'PKCS#12 without a password, as of Java 18',
      '-storetype PKCS12 -J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE -J-Dkeystore.pkcs12.macAlgorithm=NONE',
    ],
  ])('merges what Java trusts, in %s', async (_, flags) => {
    const java = mkdtempSync(join(lab.home, 'java-'));
    mkdirSync(join(java, 'lib/security'), { recursive: true });
    const [file, der] = [join(java, 'company.pem'), join(java, 'lib/security/cacerts')];
    writeFileSync(file, (await createEphemeralAuthority()).rootPem);
    const keytool = (words: string) =>
      execFileSync('keytool', words.split(' '), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    keytool(
      `-importcert -noprompt -alias company -file ${file} -keystore ${der} -storepass changeit ${flags}`,
    );
    const { stdout } = devca(['env', '--json', '--only', 'java'], {
      home: lab.home,
      environment: { JAVA_HOME: java },
    });
    const [{ value, certificates }] = JSON.parse(stdout).variables;
    expect(certificates).toBe(2);
    const listed = keytool(`-list -keystore ${value.split('=')[1]}`);
    expect(listed.match(/trustedCertEntry/g)).toHaveLength(2);
  });

  it('keeps the root of a company trusted that a variable names', async () => {
    const company = await createEphemeralAuthority();
    const proxy = join(lab.home, 'proxy.pem');
    writeFileSync(proxy, company.rootPem);
    using other = await watchedServer(company);
    const names = ['SSL_CERT_FILE', 'CURL_CA_BUNDLE', 'GIT_SSL_CAINFO', 'NODE_EXTRA_CA_CERTS', 'DENO_CERT'];
    const environment = {
      ...lab.environment,
      ...Object.fromEntries([...names, 'REQUESTS_CA_BUNDLE'].map((name) => [name, proxy])),
    };
    const asking = clients(lab.home).filter(({ name }) => !['wget', 'Java', "PHP's curl"].includes(name));
    for (const { url } of [lab.server, other])
      expect(await fetchAll(url, asking, { environment, through: RUN })).toEqual(namesOf(asking));
    expect(await fetchAll(other.url, asking, { environment })).toEqual(namesOf(asking));
  }, 200_000);

  it('makes gRPC trust the root', async () => {
    const read = (name: string): string => readFileSync(join(lab.home, `localhost+1${name}.pem`), 'utf8');
    const server = createSecureServer({ cert: read('-fullchain'), key: read('-key') });
    await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
    const { port } = server.address() as AddressInfo;
    const script = [
      'import grpc, sys',
      'channel = grpc.secure_channel(sys.argv[1], grpc.ssl_channel_credentials())',
      'grpc.channel_ready_future(channel).result(timeout=float(sys.argv[2]))',
      'print("ready")',
    ].join('\n');
    const words = (seconds: string) => ['/usr/bin/python3', '-c', script, `localhost:${port}`, seconds];
    expect(await outputOf([...RUN, ...words('20')], lab.environment)).toBe('ready\n');
    expect(await outputOf(words('2'), lab.environment)).toBe('');
    server.close();
  }, 40_000);

  it("keeps the root of a company trusted that git's settings name", async () => {
    const company = await createEphemeralAuthority();
    const proxy = join(lab.home, 'git-proxy.pem');
    writeFileSync(proxy, company.rootPem);
    using other = await watchedServer(company);
    const { environment } = lab;
    const settings = join(lab.home, '.gitconfig');
    execFileSync('git', ['config', '--global', `http.${other.url}.sslCAInfo`, proxy], {
      env: { ...environment },
    });
    const git = clients(lab.home).filter(({ name }) => name === 'git');
    for (const { url } of [lab.server, other])
      expect(await fetchAll(url, git, { environment, through: RUN })).toEqual(['git']);
    rmSync(settings);
    expect(await fetchAll(other.url, git, { environment, through: RUN })).toEqual([]);
  });
});
