import type { Certificate } from '../pki/certificate.ts';
import { bytesEqual } from '../pki/fingerprint.ts';
import { nameKey } from '../pki/name.ts';
import type { PresentedCertificate, PresentedKey, Subject } from './presented.ts';

/**
 * Which certificate of a subject is the one to verify. A server shows its own first; a file may have any order, and
 * there it is the one that a key beside it belongs to, else one that issued no other and is no authority.
 */
export function endEntityIndex({
  form,
  certificates,
  keys,
}: Pick<Subject, 'form' | 'certificates' | 'keys'>): number {
  const [first] = certificates;
  if (form === 'server' || first?.certificate === undefined) return 0;
  const ofKey = certificates.findIndex(
    ({ certificate }) => certificate !== undefined && belongsToSome(certificate, keys),
  );
  if (ofKey !== -1) return ofKey;
  const issuerNames = new Set(certificates.flatMap(({ certificate }) => issuerNameOf(certificate)));
  const issuesNone = ({ certificate }: PresentedCertificate): boolean =>
    certificate !== undefined && !issuerNames.has(nameKey(certificate.subject));
  const leaf = certificates.findIndex(
    (each) => issuesNone(each) && each.certificate?.basicConstraints?.cA !== true,
  );
  if (leaf !== -1) return leaf;
  const noAuthority = certificates.findIndex(
    ({ certificate }) => certificate !== undefined && certificate.basicConstraints?.cA !== true,
  );
  if (noAuthority !== -1) return noAuthority;
  return Math.max(0, certificates.findIndex(issuesNone));
}

/** Whether there is no end entity among them: a file of roots or intermediates. */
export const isAuthoritiesOnly = (certificates: readonly PresentedCertificate[]): boolean =>
  certificates.every(({ certificate }) => certificate?.basicConstraints?.cA === true);

export const belongsTo = (certificate: Certificate, key: PresentedKey): boolean =>
  key.subjectPublicKeyInfo !== undefined &&
  bytesEqual(certificate.subjectPublicKeyInfo, key.subjectPublicKeyInfo);

const belongsToSome = (certificate: Certificate, keys: readonly PresentedKey[]): boolean =>
  keys.some((key) => belongsTo(certificate, key));

/** Self-issued certificates are their own issuer, which makes nobody else one. */
function issuerNameOf(certificate: Certificate | undefined): string[] {
  if (certificate === undefined) return [];
  const issuer = nameKey(certificate.issuer);
  return issuer === nameKey(certificate.subject) ? [] : [issuer];
}
