import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeWith } from '../../support/tools.ts';
import { VerifyLab, warningsOf } from './lab.ts';

const lab = new VerifyLab();
const open: (() => void)[] = [];

beforeAll(async () => {
  await lab.devca('init', '--no-trust');
  await lab.devca(
    'issue',
    'localhost',
    '127.0.0.1',
    '::1',
    '--out',
    'certs',
    '--cert-file',
    'certs/leaf.pem',
    '--key-file',
    'certs/key.pem',
  );
});
afterAll(() => {
  for (const close of open) close();
});

const read = (name: string): string => readFileSync(lab.path(name), 'utf8');

function listen(server: Server): Promise<number> {
  server.on('error', () => {});
  server.on('connection', (socket) => open.push(() => socket.destroy()));
  open.push(() => server.close());
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function serve(cert: string, options: TlsOptions = {}): Promise<number> {
  const server = createServer({ cert, key: read('certs/key.pem'), ...options }, (socket) =>
    socket.on('error', () => {}),
  );
  server.on('tlsClientError', () => {});
  return listen(server);
}

const fullchain = (): string => {
  const { files } = JSON.parse(read('files.json'));
  return readFileSync(files.fullchain, 'utf8');
};

beforeAll(async () => {
  const { certificates } = JSON.parse((await lab.devca('list', '--json')).out);
  lab.write('files.json', JSON.stringify({ files: certificates[0].files }));
});

describe('a server', () => {
  it('is good where it shows its chain, by name and by address', async () => {
    const port = await serve(fullchain());
    expect(await lab.target(`localhost:${port}`)).toMatchObject({
      status: 0,
      valid: true,
      form: 'server',
      names: ['localhost'],
    });
    expect(await lab.target(`127.0.0.1:${port}`)).toMatchObject({ status: 0, names: ['127.0.0.1'] });
    expect(await lab.target(`https://localhost:${port}/path`)).toMatchObject({ status: 0 });
  });

  it('is judged although nothing that it shows is trusted', async () => {
    const port = await serve(fullchain());
    expect((await lab.target(`localhost:${port}`, '--roots', 'system')).status).toBe(4);
    expect((await lab.target(`localhost:${port}`, '--host', 'other.test')).codes).toEqual([
      'DEVCA_NAME_MISMATCH',
    ]);
  });

  it.each([['TLSv1.2'], ['TLSv1.3']] as const)('misses its intermediate, over %s', async (version) => {
    const port = await serve(read('certs/leaf.pem'), { minVersion: version, maxVersion: version });
    expect((await lab.target(`localhost:${port}`)).codes).toEqual(['DEVCA_PATH_MISSING_INTERMEDIATE']);
  });

  it('is judged although it wants a client certificate that we do not have', async () => {
    const options = { requestCert: true, rejectUnauthorized: true, ca: fullchain() };
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const port = await serve(fullchain(), { ...options, maxVersion });
      expect(await lab.target(`localhost:${port}`)).toMatchObject({ status: 0, valid: true });
    }
  });

  it('that is not there or speaks no TLS could not be checked: DEVCA_TARGET_NO_CERTIFICATE', async () => {
    const port = await serve(fullchain());
    const http = await listen(createHttpServer());
    const { status, targets } = await lab.report('127.0.0.1:1', `127.0.0.1:${http}`, `localhost:${port}`);
    expect(status).toBe(1);
    expect(targets.map(({ problems }) => problems[0]?.code)).toEqual([
      'DEVCA_WIRE_CONNECTION_REFUSED',
      'DEVCA_TARGET_NO_CERTIFICATE',
      undefined,
    ]);
  });
});

describeWith(['openssl'], 'a server of OpenSSL', () => {
  it('that sends its root, and the intermediate twice, is good with warnings', async () => {
    const root = read('.local/share/devca/ca/root.pem');
    const intermediate = read('.local/share/devca/ca/intermediate.pem');
    lab.write('extra.pem', intermediate + intermediate + root);
    const child = spawn(
      'openssl',
      [
        's_server',
        '-accept',
        '127.0.0.1:0',
        '-cert',
        'certs/leaf.pem',
        '-key',
        'certs/key.pem',
        '-cert_chain',
        'extra.pem',
      ],
      { cwd: lab.folder },
    );
    open.push(() => child.kill());
    const where = await new Promise<string>((resolve) => {
      child.stdout.on('data', (text: Buffer) => {
        const match = /ACCEPT (\S+)/.exec(text.toString());
        if (match?.[1] !== undefined) resolve(match[1]);
      });
    });
    const report = await lab.target(where);
    expect(report).toMatchObject({ status: 0, valid: true });
    expect(warningsOf(report)).toEqual(['DEVCA_CHAIN_ROOT_SENT', 'DEVCA_CHAIN_DUPLICATE']);
  });
});
