import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { cleanEnvironment, describeWith, toolOrFail } from '../../support/tools.ts';
import {
  ALWAYS_DUE,
  type RenewalLab,
  renewalLab,
  startService,
  startWatch,
  visit,
  visitDuring,
} from './lab.ts';

const TIMEOUT_MS = 120_000;

/** Longer than any certificate lives, so that everything is always due. */
const ALWAYS = ['--within', ALWAYS_DUE, '--every', '1s'];

describeWith(['nginx'], 'a running nginx', () => {
  it(
    'drops no connection while a watch renews its certificate again and again and lets it reload',
    async () => {
      const lab = renewalLab();
      lab.run('issue', 'api.test', 'localhost', '--out', 'certs');
      const nginx = toolOrFail('nginx');
      const port = await freePort();
      const configuration = writeConfiguration(lab, port);
      const server = startService([nginx, '-c', configuration], cleanEnvironment(lab.folder));
      await listening(port, lab);
      const first = await visit(port, lab.root);
      const service = startWatch(lab, ...ALWAYS, '--hook', nginx, '--', '-c', configuration, '-s', 'reload');
      const visits = await visitDuring(port, lab.root, () => sleep(8000));
      expect(await service.end('SIGTERM')).toBe(0);
      expect(service.output()).not.toContain('failed');
      const renewed = service.output().match(/ renewed api\.test/g) ?? [];
      await sleep(500);
      expect(await visit(port, lab.root)).not.toBe(first);
      await server.end('SIGTERM');
      expect(visits.failures).toEqual([]);
      expect(renewed.length).toBeGreaterThanOrEqual(3);
      expect(visits.serials.size).toBeGreaterThanOrEqual(3);
      expect(visits.count).toBeGreaterThan(50);
    },
    TIMEOUT_MS,
  );
});

describe('a running Node server', () => {
  it.each([
    { verb: 'renew', flags: [], cert: 'certs/api.test-fullchain.pem', key: 'certs/api.test-key.pem' },
    {
      verb: 'rekey',
      flags: ['--current-link'],
      cert: 'certs/api.test/current/api.test-fullchain.pem',
      key: 'certs/api.test/current/api.test-key.pem',
    },
  ])(
    'that reads its files again on SIGHUP drops no connection in a loop of $verb',
    async ({ verb, flags, cert, key }) => {
      const lab = renewalLab();
      lab.run('issue', 'api.test', '--out', 'certs');
      lab.run(verb, 'api.test', ...flags);
      const script = join(import.meta.dirname, 'node-server.mjs');
      const command = [process.execPath, script, join(lab.folder, cert), join(lab.folder, key)];
      const server = startService(command, cleanEnvironment(lab.folder));
      const port = Number((await server.says(/^\d+/))[0]);
      const rounds = 6;
      const visits = await visitDuring(port, lab.root, async () => {
        for (let round = 0; round < rounds; round += 1) {
          const hook = ['--hook', '/bin/kill', '--', '-HUP', String(server.child.pid)];
          const { status, output } = await finished(lab, verb, '--all', ...hook);
          expect({ status, output: status === 0 ? '' : output }).toEqual({ status: 0, output: '' });
          await sleep(100);
        }
      });
      expect(server.output().match(/read again/g)).toHaveLength(rounds);
      await server.end('SIGTERM');
      expect(visits.failures).toEqual([]);
      expect(visits.serials.size).toBeGreaterThanOrEqual(rounds);
    },
    TIMEOUT_MS,
  );
});

describe('a server that starts at any moment', () => {
  it.each([
    { verb: 'renew', flags: [], folder: 'certs' },
    { verb: 'rekey', flags: ['--current-link'], folder: 'certs/api.test/current' },
  ])(
    'finds a certificate and the key that fits it during $verb',
    async ({ verb, flags, folder }) => {
      const lab = renewalLab();
      lab.run('issue', 'api.test', '--out', 'certs');
      lab.run(verb, 'api.test', ...flags);
      let isOver = false;
      const seen = new Set<string>();
      const reading = (async () => {
        while (!isOver) {
          // What a server opens in one go; a link is followed once, as the kernel does for a working folder.
          const place = realpathSync(join(lab.folder, folder));
          const certificate = new X509Certificate(readFileSync(join(place, 'api.test.pem')));
          const fullchain = new X509Certificate(readFileSync(join(place, 'api.test-fullchain.pem')));
          const key = createPrivateKey(readFileSync(join(place, 'api.test-key.pem')));
          expect([certificate.checkPrivateKey(key), fullchain.checkPrivateKey(key)]).toEqual([true, true]);
          seen.add(certificate.serialNumber);
          await sleep(0);
        }
      })();
      for (let round = 0; round < 8; round += 1)
        expect(await finished(lab, verb, '--all')).toMatchObject({ status: 0 });
      isOver = true;
      await reading;
      expect(seen.size).toBeGreaterThan(4);
    },
    TIMEOUT_MS,
  );
});

/** Runs devca beside the test, which goes on with its own work. */
async function finished(lab: RenewalLab, ...args: readonly string[]) {
  const program = join(import.meta.dirname, '../../../bin/devca.js');
  const environment = { ...cleanEnvironment(lab.folder), DEVCA_HOME: lab.home };
  const service = startService([process.execPath, program, ...args], environment);
  const status = await new Promise<number | null>((resolve) => service.child.once('close', resolve));
  return { status, output: service.output() };
}

function writeConfiguration({ folder, certs }: RenewalLab, port: number): string {
  const path = join(folder, 'nginx.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
    .join(' ');
  writeFileSync(
    path,
    `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/nginx.log; worker_processes 1; events {}
http { access_log off; ${temporary}
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${certs}/api.test+1-fullchain.pem; ssl_certificate_key ${certs}/api.test+1-key.pem;
    location / { return 200 "hello\\n"; }
  } }\n`,
  );
  return path;
}

async function listening(port: number, { root }: RenewalLab): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    try {
      await visit(port, root);
      return;
    } catch {
      await sleep(50);
    }
  }
  throw new Error(`nothing listens on port ${port}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}
