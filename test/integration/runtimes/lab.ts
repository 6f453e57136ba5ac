import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Hex } from '../../../src/pki/fingerprint.ts';
import { decodePem } from '../../../src/pki/pem.ts';
import { devca } from '../../support/devca.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { cleanEnvironment } from '../../support/tools.ts';
import { serveWatched, type WatchedServer } from '../../support/trust-lab.ts';

export interface RuntimeLab extends Disposable {
  readonly home: string;
  /** No variable of it decides about trust, and no store has the root. */
  readonly environment: Readonly<Record<string, string>>;
  readonly root: string;
  /** Under a certificate of devca's for localhost and 127.0.0.1. */
  readonly server: WatchedServer;
}

/** An authority whose root nothing trusts, and a server under one of its certificates. */
export async function runtimeLab(): Promise<RuntimeLab> {
  const home = scratchFolder();
  for (const line of ['init --no-trust --keystore file', 'issue localhost 127.0.0.1']) {
    const { status, stderr } = devca(line.split(' '), { home });
    if (status !== 0) throw new Error(`"devca ${line}" ended with ${status}: ${stderr}`);
  }
  const read = (name: string): string => readFileSync(join(home, `localhost+1${name}.pem`), 'utf8');
  const server = await serveWatched({ cert: read('-fullchain'), key: read('-key') });
  return {
    home,
    environment: cleanEnvironment(home),
    root: join(home, '.local/share/devca/ca/root.pem'),
    server,
    [Symbol.dispose]: () => server[Symbol.dispose](),
  };
}

/** Fingerprints of the certificates in a PEM file. */
export const fingerprintsIn = (path: string): readonly string[] =>
  decodePem(readFileSync(path, 'latin1'), path).map(({ der }) => sha256Hex(der));
