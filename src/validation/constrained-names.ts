import type { Certificate } from '../pki/certificate.ts';
import type { GeneralName } from '../pki/general-name.ts';
import { attributeValues, isEmptyName } from '../pki/name.ts';

/**
 * The names that constraints apply to (RFC 5280 sections 4.2.1.10 and 6.1.3 (b)): the subject, every subjectAltName,
 * and the e-mail addresses in the subject where there is no subjectAltName.
 */
export function constrainedNames(certificate: Certificate): readonly GeneralName[] {
  const known = names.get(certificate);
  if (known !== undefined) return known;
  const { subject, subjectAltName } = certificate;
  const collected: readonly GeneralName[] = [
    ...(isEmptyName(subject) ? [] : [{ kind: 'directoryName', name: subject } as const]),
    ...(subjectAltName ??
      attributeValues(subject, 'emailAddress').map((value) => ({ kind: 'rfc822Name', value }) as const)),
  ];
  names.set(certificate, collected);
  return collected;
}

const names = new WeakMap<Certificate, readonly GeneralName[]>();
