import type { Certificate } from '../pki/certificate.ts';
import type { GeneralName } from '../pki/general-name.ts';
import { attributeValues, isEmptyName } from '../pki/name.ts';
import { type ConstrainedName, readConstrainedName } from './name-subtree.ts';

/** A name that constraints apply to. */
export interface ConstrainedGeneralName {
  readonly name: GeneralName;
  /** As it is compared: undefined where it is malformed or of a kind that is not. */
  readonly read: ConstrainedName | undefined;
}

/**
 * The names that constraints apply to (RFC 5280 sections 4.2.1.10 and 6.1.3 (b)): the subject, every subjectAltName,
 * and the e-mail addresses in the subject where there is no subjectAltName.
 */
export function readConstrainedNames({
  subject,
  subjectAltName,
}: Certificate): readonly ConstrainedGeneralName[] {
  const names: readonly GeneralName[] =
    subjectAltName ??
    attributeValues(subject, 'emailAddress').map((value) => ({ kind: 'rfc822Name', value }) as const);
  const all = isEmptyName(subject) ? names : [{ kind: 'directoryName', name: subject } as const, ...names];
  return all.map((name) => ({ name, read: readConstrainedName(name) }));
}
