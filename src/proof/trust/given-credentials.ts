import { DevcaError } from '../../errors/devca-error.ts';
import { type Certificate, parseCertificate } from '../../pki/certificate.ts';
import { bytesEqual } from '../../pki/fingerprint.ts';
import { importPrivateKeyPem } from '../../pki/key.ts';
import { OID } from '../../pki/oid.ts';
import { decodePem } from '../../pki/pem.ts';
import type { World } from '../../platform/world.ts';
import type { Credentials } from '../peer.ts';

/** A server certificate that somebody else has issued, with what is behind it in its file. */
export interface GivenCredentials {
  readonly credentials: Credentials;
  readonly chain: readonly [Certificate, ...Certificate[]];
}

/**
 * Reads a certificate and its key, as their authority delivered them. Throws DEVCA_FILE_*, DEVCA_PEM_INVALID,
 * DEVCA_CERTIFICATE_*, DEVCA_KEY_*, DEVCA_PROOF_KEY_MISMATCH, and DEVCA_PROOF_NOT_LOCALHOST for one that every client would
 * refuse for its name.
 */
export function readCredentials(
  { cert, key }: { readonly cert: string; readonly key: string },
  { files }: Pick<World, 'files'>,
): GivenCredentials {
  const text = (path: string): string => Buffer.from(files.readNamed(path)).toString('utf8');
  const [certPem, keyPem] = [text(cert), text(key)];
  const blocks = decodePem(certPem, cert);
  const [certificate, ...issuers] = blocks
    .filter(({ label }) => label === 'CERTIFICATE')
    .map(({ der }) => parseCertificate(der));
  if (certificate === undefined)
    throw new DevcaError('DEVCA_CERTIFICATE_NONE', {
      source: cert,
      labels: blocks.map(({ label }) => label),
    });
  if (!bytesEqual(importPrivateKeyPem(keyPem, key).subjectPublicKeyInfo, certificate.subjectPublicKeyInfo))
    throw new DevcaError('DEVCA_PROOF_KEY_MISMATCH', { key, cert });
  if (!servesLocalhost(certificate)) throw new DevcaError('DEVCA_PROOF_NOT_LOCALHOST', { cert });
  return { credentials: { certPem, keyPem }, chain: [certificate, ...issuers] };
}

/** Whether a server on this machine can show it to clients that ask for `localhost`. */
export const servesLocalhost = ({ extendedKeyUsage, subjectAltName }: Certificate): boolean =>
  extendedKeyUsage?.includes(OID.serverAuth) === true &&
  subjectAltName?.some((name) => name.kind === 'dNSName' && name.value === 'localhost') === true;
