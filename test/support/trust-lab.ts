import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { buildConstraint } from '../../src/authority/constraint.ts';
import type { EphemeralAuthority } from '../../src/authority/ephemeral-authority.ts';
import { buildHierarchy } from '../../src/authority/hierarchy.ts';
import { buildName } from '../../src/pki/name.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { systemExec } from '../../src/platform/exec.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { realWorld, type World } from '../../src/platform/world.ts';
import { type TrustAnchor, trustAnchorOf } from '../../src/truststore/trust-anchor.ts';
import { cleanEnvironment } from './tools.ts';

export const anchorOf = ({ root }: Pick<EphemeralAuthority, 'root'>): TrustAnchor => trustAnchorOf(root);

/** A new root of devca's kind, for tests that need nothing issued; roots of the same `unit` share their subject. */
export function newAnchor(unit: string): TrustAnchor {
  const subject = buildName([
    { type: 'organizationalUnitName', value: unit },
    { type: 'commonName', value: 'devca root alice@host 1' },
  ]);
  const request = {
    keyType: 'ec-p256',
    constraint: buildConstraint({}),
    generation: 1,
    owner: { userName: 'alice', hostName: 'host' },
    subjects: { root: subject, intermediate: buildName([]) },
  } as const;
  const { root } = buildHierarchy(request, { clock: systemClock, random: systemRandom });
  return anchorOf({ root: root.certificate });
}

export interface ScratchWorld extends Disposable {
  readonly world: World;
  /** The home of the user of this world: empty, and gone at the end. */
  readonly home: string;
}

/** This machine, with a home of its own, an environment that decides nothing about trust, and nobody at the terminal. */
export function scratchWorld(environment: Readonly<Record<string, string>> = {}): ScratchWorld {
  const home = mkdtempSync(join(tmpdir(), 'devca-home-'));
  const real = realWorld();
  const system = {
    ...real.system,
    homeFolder: home,
    environment: { ...cleanEnvironment(home), ...environment },
  };
  return {
    home,
    world: { ...real, system, terminal: { ...real.terminal, canAsk: false }, exec: systemExec(system) },
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true, maxRetries: 5 }),
  };
}

export interface WatchedServer extends Disposable {
  readonly url: string;
  /** The next thing that a client does: it sends a request, or it refuses the certificate. */
  nextVerdict(): Promise<'accepted' | 'refused'>;
}

/** An HTTPS server on loopback under a certificate of the authority, which sees what a browser thinks of it. */
export async function watchedServer(authority: EphemeralAuthority): Promise<WatchedServer> {
  const certificate = await authority.issue(['localhost', '127.0.0.1']);
  return serveWatched(certificate.tlsOptions());
}

/** The same with a certificate that was issued otherwise; git may ask it for a repository too. */
export async function serveWatched(options: TlsOptions): Promise<WatchedServer> {
  let settle: (verdict: 'accepted' | 'refused') => void = () => {};
  const server = createServer(options, ({ url = '' }, response) => {
    settle('accepted');
    response.setHeader('connection', 'close');
    const asked = url.includes('/info/refs');
    response.end(asked ? `${'1'.repeat(40)}\trefs/heads/accepted\n` : '<title>devca</title>accepted');
  });
  // Browsers also open connections that they never use; only an alert is a refusal.
  server.on('tlsClientError', (error: NodeJS.ErrnoException) => {
    if (error.code?.includes('ALERT') === true) settle('refused');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}/`,
    nextVerdict: () =>
      new Promise((resolve) => {
        settle = resolve;
      }),
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
