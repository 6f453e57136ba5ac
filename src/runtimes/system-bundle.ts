import { dirname } from 'node:path';
import type { World } from '../platform/world.ts';

/**
 * Where systems keep all their roots in one file, as Go looks for it too:
 * https://go.dev/src/crypto/x509/root_linux.go and its neighbours. Windows has none.
 */
const PLACES: Partial<Readonly<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: [
    '/etc/ssl/certs/ca-certificates.crt', // Debian, Ubuntu, Arch, Gentoo, Alpine, NixOS
    '/etc/pki/tls/certs/ca-bundle.crt', // Fedora, Red Hat
    '/etc/ssl/ca-bundle.pem', // openSUSE
    '/etc/pki/tls/cacert.pem', // OpenELEC
    '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', // Fedora, Red Hat, Arch
    '/etc/ssl/cert.pem', // Alpine without the package that makes the first
  ],
  darwin: ['/etc/ssl/cert.pem'],
  freebsd: ['/usr/local/etc/ssl/cert.pem', '/etc/ssl/cert.pem', '/usr/local/share/certs/ca-root-nss.crt'],
  openbsd: ['/etc/ssl/cert.pem'],
  netbsd: ['/etc/openssl/certs/ca-certificates.crt'],
};

/** What OpenSSL reads beside the folders of SSL_CERT_DIR where SSL_CERT_FILE is not set; Debian has no such file. */
const OPENSSL_DEFAULTS = ['/usr/lib/ssl/cert.pem', '/etc/pki/tls/cert.pem', '/etc/ssl/cert.pem'];

/** The system's roots in one file, or `undefined`. */
export const systemBundle = (world: Pick<World, 'files' | 'system'>): string | undefined =>
  firstFile(PLACES[world.system.platform] ?? [], world);

/** Whether a path is that file or its folder: whoever names it has what the system's own store gets. */
export function namesSystem(path: string, world: Pick<World, 'files' | 'system'>): boolean {
  const bundle = systemBundle(world);
  const { files } = world;
  const status = files.statusOfTarget(path);
  if (bundle === undefined || status === undefined) return false;
  return files.realPath(path) === files.realPath(status.kind === 'folder' ? dirname(bundle) : bundle);
}

export const opensslDefaultFile = (world: Pick<World, 'files'>): string | undefined =>
  firstFile(OPENSSL_DEFAULTS, world);

const firstFile = (paths: readonly string[], { files }: Pick<World, 'files'>): string | undefined =>
  paths.find((path) => files.statusOfTarget(path)?.kind === 'file');
