import { resolve } from 'node:path';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import { nameEquals } from '../pki/name.ts';
import { formatName } from '../pki/name-text.ts';
import { decodePem } from '../pki/pem.ts';
import type { World } from '../platform/world.ts';
import { type TrustAnchor, trustAnchorOf } from '../truststore/trust-anchor.ts';
import { isLoose, type RootScope, rootScope } from './root-scope.ts';

/** A root that someone else has made. */
export interface ForeignRoot {
  readonly anchor: TrustAnchor;
  readonly subject: string;
  readonly notAfter: Date;
  /** `undefined` for a root that may sign for every site. */
  readonly scope: RootScope | undefined;
}

export interface ForeignRequest {
  readonly path: string;
  /** Takes a root without a constraint, and a file that has a private key in it. */
  readonly allowUnconstrained: boolean;
}

const LARGEST_FILE = 1024 * 1024;

/**
 * The roots in a file from elsewhere. Throws DEVCA_TRUST_FROM_KEY for a file with a private key, since whoever has handed
 * that around has handed the authority around; DEVCA_TRUST_FROM_NOT_ROOT for what is no root;
 * DEVCA_TRUST_FROM_UNCONSTRAINED for one that could stand for every site.
 */
export function readForeignRoots(
  { path, allowUnconstrained }: ForeignRequest,
  world: World,
): readonly ForeignRoot[] {
  const bytes = world.files.readNamed(resolve(world.system.workingFolder, path), LARGEST_FILE);
  const text = Buffer.from(bytes).toString('latin1');
  const isPem = text.includes('-----BEGIN ');
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text) && !allowUnconstrained)
    throw new DevcaError('DEVCA_TRUST_FROM_KEY', { path });
  const certificates = isPem
    ? decodePem(text, path)
        .filter(({ label }) => label === 'CERTIFICATE')
        .map(({ der }) => der)
    : [bytes];
  if (certificates.length === 0)
    throw new DevcaError('DEVCA_TRUST_FROM_NOT_ROOT', { path, reason: 'there is no certificate in it' });
  const roots = new Map(
    certificates.map((der) => [sha256Hex(der), foreignRoot(parsedRoot(der, path, isPem), path)] as const),
  );
  const loose = [...roots.values()].filter(({ scope }) => isLoose(scope));
  if (loose.length > 0 && !allowUnconstrained)
    throw new DevcaError('DEVCA_TRUST_FROM_UNCONSTRAINED', {
      path,
      roots: loose.map(({ subject }) => subject),
    });
  return [...roots.values()];
}

/** Throws DEVCA_TRUST_FROM_FINGERPRINT unless the fingerprints that were given are exactly those of the roots. */
export function checkFingerprints(
  roots: readonly ForeignRoot[],
  given: readonly string[],
  path: string,
): void {
  const wanted = given.map((text) => text.replaceAll(/[\s:]/g, '').toLowerCase());
  const found = roots.map(({ anchor }) => anchor.sha256);
  if (found.every((each) => wanted.includes(each)) && wanted.every((each) => found.includes(each))) return;
  throw new DevcaError('DEVCA_TRUST_FROM_FINGERPRINT', { path, found, given });
}

function parsedRoot(der: Uint8Array, path: string, isPem: boolean): Certificate {
  try {
    return parseCertificate(der);
  } catch (cause) {
    if (!isDevcaError(cause)) throw cause;
    const reason = isPem
      ? `a certificate in it is broken: ${cause.message}`
      : 'it is neither PEM nor the DER of a certificate';
    throw new DevcaError('DEVCA_TRUST_FROM_NOT_ROOT', { path, reason }, { cause });
  }
}

function foreignRoot(certificate: Certificate, path: string): ForeignRoot {
  const subject = formatName(certificate.subject);
  const notRoot = (reason: string) =>
    new DevcaError('DEVCA_TRUST_FROM_NOT_ROOT', { path, reason: `"${subject}" ${reason}` });
  if (certificate.basicConstraints?.cA !== true) throw notRoot('is not a certificate of an authority');
  if (!nameEquals(certificate.subject, certificate.issuer)) throw notRoot('is an intermediate');
  return {
    anchor: trustAnchorOf(certificate),
    subject,
    notAfter: certificate.notAfter,
    scope: rootScope(certificate),
  };
}
