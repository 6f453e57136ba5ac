import { resolve } from 'node:path';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import { encodePem } from '../pki/pem.ts';
import { homeOf } from '../platform/paths.ts';
import type { World } from '../platform/world.ts';
import { readTrustedRoots } from '../verification/trusted-roots.ts';
import type { InspectOptions, RootSet } from '../wire/inspect-handshake.ts';
import { STARTTLS_PROTOCOLS, type StartTlsProtocol } from '../wire/starttls.ts';
import { inventoryIfPresent } from './inventory-if-present.ts';
import { namedSource } from './selftest-sources.ts';

/** The flags that say how to connect. */
export interface HandshakeFlags {
  readonly home: string | undefined;
  readonly authority: string | undefined;
  readonly servername: string | undefined;
  readonly connect: string | undefined;
  readonly starttls: string | undefined;
  readonly proxy: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly roots: string | undefined;
  readonly tls: string | undefined;
  readonly alpn: string | undefined;
  readonly ciphers: string | undefined;
  readonly groups: string | undefined;
  readonly sigalgs: string | undefined;
  readonly timeout: number | undefined;
}

/** A certificate with its chain, and its key, in PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export function inspectOptions(flags: HandshakeFlags, world: World): InspectOptions {
  const { servername, connect, proxy, ciphers, groups, sigalgs, timeout, alpn, cert, tls } = flags;
  const pair =
    cert === undefined && flags.key === undefined ? undefined : readPair(cert, flags.key, flags, world);
  const starttls = STARTTLS_PROTOCOLS.find((protocol) => protocol === flags.starttls);
  const rootSets = readRootSets(flags, world);
  return {
    rootSets,
    roots: rootSets.flatMap(({ anchors }) => anchors.map(pemOf)),
    ...(servername === undefined ? {} : { servername: servername === '' ? false : servername }),
    ...(connect === undefined ? {} : { connect }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(ciphers === undefined ? {} : { ciphers }),
    ...(groups === undefined ? {} : { groups }),
    ...(sigalgs === undefined ? {} : { signatureSchemes: sigalgs }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    ...(alpn === undefined ? {} : { alpn: alpn.split(',').filter((protocol) => protocol !== '') }),
    ...(starttls === undefined ? {} : { starttls: starttls satisfies StartTlsProtocol }),
    ...(pair ?? {}),
    ...versionRange(tls),
  };
}

/** Files, or one name of the inventory whose delivered files are meant. */
export function readPair(
  cert: string | undefined,
  key: string | undefined,
  flags: Pick<HandshakeFlags, 'home' | 'authority'>,
  world: World,
): Pair {
  const refuse = (detail: string) => new DevcaError('DEVCA_USAGE_INVALID', { command: 'handshake', detail });
  if (cert === undefined) throw refuse('"--key" goes with "--cert"');
  const path = resolve(world.system.workingFolder, cert);
  if (world.files.statusOfTarget(path)?.kind === 'file') {
    const text = readText(path, world);
    if (key !== undefined)
      return { cert: text, key: readText(resolve(world.system.workingFolder, key), world) };
    if (text.includes('PRIVATE KEY-----')) return { cert: text, key: text };
    throw refuse('"--cert FILE" needs "--key FILE", or a file that holds the key too');
  }
  if (key !== undefined) throw new DevcaError('DEVCA_FILE_NOT_FOUND', { path });
  const { files } = namedSource(cert, homeOf(flags.home, world.system), world, flags.authority);
  const pathOf = (...formats: string[]) =>
    formats
      .map((format) => files.find((file) => file.format === format)?.path)
      .find((found) => found !== undefined);
  const certPath = pathOf('fullchain', 'combined', 'cert');
  const keyPath = pathOf('key', 'combined');
  if (certPath === undefined || keyPath === undefined)
    throw refuse(`the files of "${cert}" are not at hand: give them with "--cert FILE --key FILE"`);
  return { cert: readText(certPath, world), key: readText(keyPath, world) };
}

/** What was asked for, else the authority's roots and the system's, as far as there are any. */
export function readRootSets(
  flags: Pick<HandshakeFlags, 'home' | 'roots'>,
  world: World,
): readonly RootSet[] {
  const home = homeOf(flags.home, world.system);
  const read = (source: string): RootSet => {
    const inventory = inventoryIfPresent(home, world);
    try {
      const { all } = readTrustedRoots(source, { home, inventory, password: undefined }, world);
      return { name: source, anchors: all.map(({ der }) => der) };
    } finally {
      inventory?.close();
    }
  };
  if (flags.roots !== undefined) return [read(flags.roots)];
  return ['devca', 'system'].flatMap((source) => {
    try {
      return [read(source)];
    } catch (error) {
      // Without an authority, or where the runtime cannot ask the system, the other set decides.
      if (isDevcaError(error)) return [];
      throw error;
    }
  });
}

function versionRange(
  tls: string | undefined,
): Pick<InspectOptions, 'minVersion' | 'maxVersion' | 'ciphers'> {
  const version = VERSIONS[tls ?? ''];
  if (version === undefined) return {};
  const older = version === 'TLSv1' || version === 'TLSv1.1';
  // OpenSSL offers nothing of TLS 1.0 and 1.1 above security level 0.
  return { minVersion: version, maxVersion: version, ...(older ? { ciphers: 'DEFAULT:@SECLEVEL=0' } : {}) };
}

const VERSIONS: Readonly<Record<string, 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'>> = {
  '1.0': 'TLSv1',
  '1.1': 'TLSv1.1',
  '1.2': 'TLSv1.2',
  '1.3': 'TLSv1.3',
};

export const TLS_CHOICES = Object.keys(VERSIONS);

export const pemOf = (anchor: Uint8Array | string): string =>
  typeof anchor === 'string' ? anchor : encodePem('CERTIFICATE', anchor);

const readText = (path: string, world: World): string =>
  Buffer.from(world.files.readNamed(path)).toString('utf8');
