import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mutualFiles } from './client-scenarios.ts';
import { runClient } from './clients/command-line.ts';
import { closedPort } from './fault-servers.ts';
import type { Transcript } from './file-faults.ts';
import { fault } from './scenario.ts';
import { makeMaterial } from './scenarios.ts';

/** What nginx answers to, and logs about, clients that it refuses. */
export async function nginxTranscripts(folder: string, tool = 'nginx'): Promise<Transcript[]> {
  const files = mutualFiles(makeMaterial(folder));
  const ports = await Promise.all([closedPort(), closedPort(), closedPort()]);
  const lists = [undefined, files.crl, files.partialCrl];
  const log = join(folder, 'error.log');
  const servers = ports.map(({ port }, index) =>
    [
      `server { listen 127.0.0.1:${port} ssl; ssl_certificate ${files.server.cert};`,
      `ssl_certificate_key ${files.server.key}; ssl_client_certificate ${files.root};`,
      `ssl_verify_client on; ssl_verify_depth 3; ssl_protocols TLSv1.2 TLSv1.3;`,
      `${lists[index] === undefined ? '' : `ssl_crl ${lists[index]};`} }`,
    ].join(' '),
  );
  const main = `daemon off; master_process off; pid ${folder}/nginx.pid; error_log ${log} info; events {}`;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
    .join(' ');
  writeFileSync(
    join(folder, 'nginx.conf'),
    `${main} http { access_log off; ${temporary} ${servers.join('\n')} }\n`,
  );
  const nginx = spawn(tool, ['-c', join(folder, 'nginx.conf'), '-e', log], { stdio: 'ignore' });
  try {
    await listening(ports[0]?.port ?? 0);
    // It also logs the connection that only looked whether it listens.
    await sleep(200);
    const transcripts: Transcript[] = [];
    const ask = async (id: string, names: readonly string[], args: readonly string[]): Promise<void> => {
      const before = readFileSync(log, 'utf8').length;
      const { output } = await runClient('curl', ['-s', '--cacert', files.root, ...args]);
      const faults = names.map(fault);
      const logged = readFileSync(log, 'utf8').slice(before).trim();
      transcripts.push(
        { id: `${id} answer`, faults, text: output.trim() },
        { id: `${id} log`, faults, text: logged },
      );
    };
    for (const { id, faults, cert, key, crl } of files.clients) {
      const port = ports[crl === undefined ? 0 : lists.indexOf(crl)]?.port;
      const pair = cert === undefined || key === undefined ? [] : ['--cert', cert, '--key', key];
      await ask(id, faults, [...pair, `https://localhost:${port}/`]);
    }
    await ask('plain-to-tls', ['PLAIN_TO_TLS'], [`http://localhost:${ports[0]?.port}/`]);
    return transcripts.filter(({ text }) => text !== '');
  } finally {
    nginx.kill('SIGKILL');
  }
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('connect', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (open) return;
    await sleep(50);
  }
  throw new Error('nginx did not start');
}
