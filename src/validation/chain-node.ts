import type { Certificate } from '../pki/certificate.ts';
import { bytesEqual } from '../pki/fingerprint.ts';
import { nameKey } from '../pki/name.ts';
import type { CheckOptions } from './certificate-checks.ts';
import type { ConstrainedGeneralName } from './constrained-names.ts';
import type { Finding } from './problem.ts';

/** A certificate with what the search for paths asks about it again and again. */
export interface ChainNode {
  readonly certificate: Certificate;
  readonly isAnchor: boolean;
  readonly subjectKey: string;
  readonly issuerKey: string;
  /** Subject and issuer are the same: such certificates are not counted (RFC 5280 section 6.1). */
  readonly isSelfIssued: boolean;
  /** What speaks against it as an issuer, wherever it stands; filled in when it is first asked by some rules. */
  issuerFindings?: IssuerFindings;
  /** What speaks against its signature being one of an issuer; filled in when it is first asked. */
  signatureFindings?: Map<ChainNode, readonly Finding[]>;
  /** The names that constraints apply to; filled in when they are first asked for. */
  constrainedNames?: readonly ConstrainedGeneralName[];
}

export interface IssuerFindings extends Pick<CheckOptions, 'at' | 'policy' | 'wanted'> {
  readonly findings: readonly Finding[];
}

export function chainNode(certificate: Certificate, isAnchor: boolean): ChainNode {
  const subjectKey = nameKey(certificate.subject);
  const issuerKey = nameKey(certificate.issuer);
  return {
    certificate,
    isAnchor,
    subjectKey,
    issuerKey,
    isSelfIssued: subjectKey === issuerKey,
  };
}

/** Whether two certificates name the same entity with the same key, so that a path with both is a detour. */
export const isSameEntity = (a: ChainNode, b: ChainNode): boolean =>
  a.subjectKey === b.subjectKey &&
  bytesEqual(a.certificate.subjectPublicKeyInfo, b.certificate.subjectPublicKeyInfo);

export const isSameCertificate = (a: ChainNode, b: ChainNode): boolean =>
  bytesEqual(a.certificate.der, b.certificate.der);
