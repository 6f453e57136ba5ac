import { DevcaError } from '../errors/devca-error.ts';
import { type CertificationRequest, parseCertificationRequest } from './certification-request.ts';
import { TAG } from './der-reader.ts';
import { decodePem } from './pem.ts';

/**
 * The one request in a file, PEM or DER. keytool and Microsoft write "NEW" into the label (RFC 7468 section 7).
 * Throws DEVCA_CSR_NONE, DEVCA_PEM_INVALID, DEVCA_DER_INVALID.
 */
export function readCertificationRequest(bytes: Uint8Array, source: string): CertificationRequest {
  if (bytes[0] === TAG.sequence) return parseCertificationRequest(bytes, source);
  const blocks = decodePem(Buffer.from(bytes).toString('utf8'), source);
  const [request, ...others] = blocks.filter(({ label }) => LABELS.includes(label));
  if (request !== undefined && others.length === 0) return parseCertificationRequest(request.der, source);
  const labels = request === undefined ? blocks.map(({ label }) => label) : [`${others.length + 1} requests`];
  throw new DevcaError('DEVCA_CSR_NONE', { source, labels: [...new Set(labels)] });
}

const LABELS: readonly string[] = ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'];
