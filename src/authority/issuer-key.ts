import type { CertificateRecord } from '../inventory/certificates.ts';
import type { Certificate } from '../pki/certificate.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import type { Authority, RecordedCertificate } from './open-authority.ts';

/** Tells issuers apart in the inventory: the first 44 bits of the SHA-256 of their public key, so that six octets hold it. */
export const issuerKey = ({ subjectPublicKeyInfo }: Pick<Certificate, 'subjectPublicKeyInfo'>): number =>
  Number.parseInt(sha256Hex(subjectPublicKeyInfo).slice(0, 11), 16);

/** The certificate of a generation that has signed another; `undefined` for what an intermediate signed that was left behind. */
export const signerOf = (
  record: Pick<CertificateRecord, 'issuerKey'>,
  { root, issuer }: Authority,
): RecordedCertificate | undefined =>
  [issuer, root].find(({ certificate }) => issuerKey(certificate) === record.issuerKey);
