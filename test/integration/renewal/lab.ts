import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { devca, PROJECT } from '../../support/devca.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { cleanEnvironment } from '../../support/tools.ts';

/** A home with an authority, and a folder for certificates. */
export interface RenewalLab {
  readonly folder: string;
  readonly home: string;
  readonly certs: string;
  readonly root: string;
  /** Runs devca and demands that it goes well. */
  readonly run: (...args: readonly string[]) => string;
}

export function renewalLab(): RenewalLab {
  const folder = scratchFolder();
  const [home, certs] = [join(folder, 'home'), join(folder, 'certs')];
  const run = (...args: readonly string[]): string => {
    const { status, stdout, stderr } = devca(args, { home: folder, environment: { DEVCA_HOME: home } });
    if (status !== 0) throw new Error(`devca ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  run('init', '--no-trust');
  return { folder, home, certs, root: join(home, 'ca/root.pem'), run };
}

/** What clients have met: the serial numbers of all certificates, and every failure. */
export interface Visits {
  readonly serials: Set<string>;
  readonly failures: string[];
  count: number;
}

/** Clients that connect one after the other, each with a new handshake, until the work has ended. */
export async function visitDuring(
  port: number,
  root: string,
  work: () => Promise<void>,
  clients = 3,
): Promise<Visits> {
  const visits: Visits = { serials: new Set(), failures: [], count: 0 };
  let isOver = false;
  const client = async (path: string): Promise<void> => {
    while (!isOver) {
      try {
        visits.serials.add(await visit(port, root, path));
        visits.count += 1;
      } catch (error) {
        visits.failures.push(String(error));
      }
    }
  };
  const visiting = [...Array.from({ length: clients }, () => client('/')), client('/?ms=400')];
  await work();
  isOver = true;
  await Promise.all(visiting);
  return visits;
}

/** One request over a connection of its own; gives the serial number of the certificate that was shown. */
export function visit(port: number, root: string, path = '/'): Promise<string> {
  return new Promise((resolve, reject) => {
    const ca = readFileSync(root);
    const options = { host: '127.0.0.1', port, path, ca, servername: 'api.test', agent: false as const };
    const sent = request(options, (response) => {
      const { serialNumber } = (response.socket as TLSSocket).getPeerCertificate();
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on('error', reject);
      response.on('end', () =>
        body.startsWith('hello')
          ? resolve(serialNumber.toLowerCase())
          : reject(new Error(`${response.statusCode}: ${body}`)),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

export interface Service {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  readonly output: () => string;
  /** Waits until it has printed something. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** Sends a signal and gives the status. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
}

/** Starts a program in the background. */
export function startService(command: readonly string[], environment: Record<string, string>): Service {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  const ended = new Promise<number | null>((resolve) => child.once('exit', (status) => resolve(status)));
  return {
    child,
    output: () => output,
    says: async (pattern) => {
      for (let attempt = 0; attempt < 400; attempt += 1) {
        const match = pattern.exec(output);
        if (match !== null) return match;
        await sleep(50);
      }
      throw new Error(`it never said ${pattern}: ${output}`);
    },
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

/** `devca watch` as a service manager would run it. */
/**
 * Two minutes less than the 397 days of a certificate, the first five of which are over when it is issued: it is due at
 * every look.
 */
export const ALWAYS_DUE = `${397 * 24 * 60 - 2}m`;

export function startWatch({ folder, home }: RenewalLab, ...args: readonly string[]): Service {
  const command = [process.execPath, join(PROJECT, 'bin/devca.js'), 'watch', '--home', home, ...args];
  return startService(command, cleanEnvironment(folder));
}
