import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/platform/clock.ts';
import { inspect } from '../../../src/wire/inspect-handshake.ts';
import { negotiationOf } from '../../../src/wire/negotiation.ts';
import type { Transcript } from '../../../src/wire/transcript.ts';
import { cleanEnvironment, describeWith, toolOrFail } from '../../support/tools.ts';
import { openSslServer, Scene } from './peers.ts';
import { recordingProxy } from './recording-proxy.ts';
import { captureOf, ownReading, tsharkReading } from './tshark.ts';

const scene = new Scene();
afterAll(() => scene.end());
const world = { clock: systemClock };
const roots = [scene.authority.root.pem];

const lines = ({ entries }: Transcript): string[] => entries.map(({ from, type }) => `${from} ${type}`);

/** `openssl s_client` with its secrets in a file; the input is typed line by line, with time to answer in between. */
async function openSslClient(port: number, args: string[], input: readonly string[]): Promise<string> {
  const keys = scene.path('keys.log');
  rmSync(keys, { force: true });
  const child = spawn(
    toolOrFail('openssl'),
    ['s_client', '-connect', `127.0.0.1:${port}`, '-servername', 'localhost', '-keylogfile', keys, ...args],
    { env: cleanEnvironment(scene.folder), stdio: ['pipe', 'ignore', 'ignore'] },
  );
  for (const line of input) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    child.stdin.write(line);
  }
  await new Promise((resolve) => setTimeout(resolve, 250));
  child.kill('SIGTERM');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return existsSync(keys) ? readFileSync(keys, 'utf8') : '';
}

describeWith(['openssl', 'tshark'], 'two ends of OpenSSL', () => {
  it('send early data, which the server accepts', async () => {
    const { port } = await openSslServer(
      scene,
      'none',
      '-early_data',
      '-max_early_data',
      '4096',
      '-no_anti_replay',
    );
    const proxy = await recordingProxy(port);
    const session = scene.path('early.session');
    const early = scene.write('early.txt', 'GET / HTTP/1.0\r\n\r\n');
    const first = await openSslClient(proxy.port, ['-sess_out', session], ['x\n']);
    const second = await openSslClient(proxy.port, ['-sess_in', session, '-early_data', early], []);
    const [full, resumed] = proxy.readings(first + second);
    proxy.close();
    if (full === undefined || resumed === undefined) throw new Error('two connections were made');
    expect(negotiationOf(full.transcript).tickets[0]?.maxEarlyDataSize).toBe(4096);
    expect(negotiationOf(resumed.transcript)).toMatchObject({ resumed: true, earlyDataAccepted: true });
    expect(lines(resumed.transcript)).toContain('client end_of_early_data');
    expect(resumed.transcript.client.unopened + resumed.transcript.server.unopened).toBe(0);
    expect(resumed.transcript.client.applicationBytes).toBeGreaterThanOrEqual(18);
    const captured = {
      client: '127.0.0.1:50001',
      server: '127.0.0.1:443',
      startedAt: new Date(),
      recording: resumed.recording,
    };
    const own = ownReading(resumed.transcript);
    const foreign = tsharkReading(scene.path('early.pcapng'), [captured]);
    expect(own.map(({ from, type, bytes }) => ({ from, type, bytes }))).toEqual(
      foreign.map(({ from, type, bytes }) => ({ from, type, bytes })),
    );
  }, 20_000);

  it('change their keys in mid-connection', async () => {
    const { port } = await openSslServer(scene, 'none');
    const proxy = await recordingProxy(port);
    const keys = await openSslClient(proxy.port, ['-tls1_3'], ['K\n', 'k\n', 'GET / HTTP/1.0\r\n\r\n']);
    const [reading] = proxy.readings(keys);
    proxy.close();
    if (reading === undefined) throw new Error('no connection was made');
    expect(lines(reading.transcript).filter((line) => line === 'client key_update')).toHaveLength(2);
    // What was sent under the new keys opened too.
    expect(reading.transcript.client.applicationBytes).toBeGreaterThan(0);
    expect(reading.transcript.client.unopened + reading.transcript.server.unopened).toBe(0);
  }, 20_000);

  it('negotiate TLS 1.2 once more on the same connection', async () => {
    const { port } = await openSslServer(scene, 'none', '-tls1_2', '-client_renegotiation');
    const proxy = await recordingProxy(port);
    const keys = await openSslClient(proxy.port, ['-tls1_2'], ['R\n', 'GET / HTTP/1.0\r\n\r\n']);
    const [reading] = proxy.readings(keys);
    proxy.close();
    if (reading === undefined) throw new Error('no connection was made');
    const { transcript } = reading;
    const hellos = transcript.entries.filter(({ type }) => type === 'client_hello');
    expect(hellos.map(({ encrypted }) => encrypted)).toEqual([false, true]);
    expect(lines(transcript).filter((line) => line === 'server finished')).toHaveLength(2);
    expect(transcript.client.unopened + transcript.server.unopened).toBe(0);
  }, 20_000);
});

describeWith(['openssl', 'tshark'], 'a server of OpenSSL', () => {
  it('that wants another group costs a round trip, and that is said', async () => {
    const { port } = await openSslServer(scene, 'none', '-groups', 'P-384');
    const options = { roots, connect: `127.0.0.1:${port}` };
    const { report, observation } = await inspect(`localhost:${port}`, options, world);
    expect(report).toMatchObject({ established: true, group: 'secp384r1', roundTrips: 2 });
    expect(report.findings.map(({ code }) => code)).toEqual(['DEVCA_WIRE_RETRIED']);
    expect(ownReading(observation.transcript)).toEqual(
      tsharkReading(scene.path('retry.pcapng'), [captureOf(observation)]),
    );
  });

  it.each(['TLSv1.3', 'TLSv1.2'] as const)('staples an OCSP response, %s', async (maxVersion) => {
    const response = ocspResponse();
    const { port } = await openSslServer(scene, 'none', '-status_file', response);
    const options = { roots, maxVersion, connect: `127.0.0.1:${port}` };
    const { report } = await inspect(`localhost:${port}`, options, world);
    expect(report.established).toBe(true);
    expect(report.negotiation.ocspStapleBytes).toBe(readFileSync(response).length);
  });

  it('with a chain of many kilobytes is read over its many records, and the size is said', async () => {
    const many = Array.from({ length: 60 }, () => scene.authority.intermediate.pem).join('');
    const big = scene.write('big.pem', many);
    const { port } = await openSslServer(scene, 'none', '-cert_chain', big);
    const options = { roots, connect: `127.0.0.1:${port}` };
    const { report, observation } = await inspect(`localhost:${port}`, options, world);
    expect(report.established).toBe(true);
    expect(report.chain.length).toBeGreaterThanOrEqual(60);
    expect(report.findings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['DEVCA_WIRE_CHAIN_LARGE', 'DEVCA_WIRE_CHAIN_DUPLICATE']),
    );
    const certificate = observation.transcript.entries.find(({ type }) => type === 'certificate');
    expect(certificate?.records).toBeGreaterThan(1);
    expect(ownReading(observation.transcript)).toEqual(
      tsharkReading(scene.path('big.pcapng'), [captureOf(observation)]),
    );
  });
});

describeWith(['openssl'], 'a filtered port', () => {
  it('ends in the time limit: DEVCA_WIRE_CONNECTION_TIMEOUT', async () => {
    // A stopped process whose queue is full answers no SYN, as a firewall would.
    const script =
      "require('node:net').createServer().listen({port:0,host:'127.0.0.1',backlog:1},function(){console.log(this.address().port)})";
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const port = Number(line.toString());
    child.kill('SIGSTOP');
    const fillers = Array.from({ length: 8 }, () => connect(port, '127.0.0.1').on('error', () => {}));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await expect(inspect(`127.0.0.1:${port}`, { timeoutMs: 400 }, world)).rejects.toMatchObject({
      code: 'DEVCA_WIRE_CONNECTION_TIMEOUT',
      message: `no answer from 127.0.0.1:${port} within 400 ms: the port is filtered or the host is down`,
    });
    for (const filler of fillers) filler.destroy();
    child.kill('SIGKILL');
  });
});

function ocspResponse(): string {
  const { root, intermediate } = scene.authority;
  const [issuer, key, index] = [
    scene.write('ocsp-issuer.pem', intermediate.pem),
    scene.write('ocsp-issuer.key', intermediate.keyPem),
    scene.write('ocsp-index.txt', ''),
  ];
  scene.write('ocsp-root.pem', root.pem);
  const [request, response] = [scene.path('ocsp.req'), scene.path('ocsp.resp')];
  const openssl = (...args: string[]) => execFileSync(toolOrFail('openssl'), args, { stdio: 'ignore' });
  const endEntity = scene.write('ocsp-end.pem', scene.server.pem);
  openssl('ocsp', '-issuer', issuer, '-cert', endEntity, '-reqout', request);
  openssl(
    'ocsp',
    '-index',
    index,
    '-CA',
    issuer,
    '-rsigner',
    issuer,
    '-rkey',
    key,
    '-reqin',
    request,
    '-respout',
    response,
    '-ndays',
    '1',
  );
  return response;
}
