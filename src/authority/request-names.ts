import { DevcaError } from '../errors/devca-error.ts';
import type { CertificationRequest } from '../pki/certification-request.ts';
import { findExtension } from '../pki/extensions/extension.ts';
import { parseSubjectAltName } from '../pki/extensions/subject-alt-name.ts';
import { formatGeneralName, type GeneralName } from '../pki/general-name.ts';
import { type IdentifierName, readIdentifier } from '../pki/identifier.ts';
import { commonNameOf } from '../pki/name.ts';
import { OID } from '../pki/oid.ts';
import { formatSpiffeId } from '../pki/spiffe-id.ts';
import { DEFAULT_TRUST_DOMAIN, MOST_NAMES, type NameRequest } from '../profiles/certificate-names.ts';
import type { Profile } from '../profiles/profile.ts';

/**
 * The names that a request asks for, as if a person had typed them, so that profile and constraint judge both alike.
 * `base` may say what the certificate is called instead. Throws DEVCA_CSR_NAMES, DEVCA_CSR_TOO_MANY_NAMES, DEVCA_CSR_REFUSED, DEVCA_NAME_INVALID.
 */
export function requestedNames(
  request: CertificationRequest,
  profile: Profile,
  base: Pick<NameRequest, 'trustDomain' | 'commonName'>,
  source: string,
): Pick<NameRequest, 'names' | 'commonName'> {
  const commonName = commonNameOf(request.subject);
  const names = alternativeNames(request, source);
  const asked = names.map(({ value }) => value);
  if (profile.firstName === 'any')
    return hostNames(asked, commonName, base.commonName !== undefined, profile, source);
  const trustDomain = (base.trustDomain ?? DEFAULT_TRUST_DOMAIN).toLowerCase();
  const label = labelOf(names, commonName, profile, trustDomain);
  if (label === undefined && asked.length === 0)
    throw new DevcaError('DEVCA_CSR_NAMES', { source, commonName, profile: profile.name });
  if (label === undefined) return { names: asked, ...(commonName === undefined ? {} : { commonName }) };
  const implied = impliedNames(label, trustDomain);
  return { names: [label, ...asked.filter((name) => !implied.includes(name.toLowerCase()))] };
}

/** For servers: the common name must be one of the names, unless no client could take it for one. */
function hostNames(
  names: readonly string[],
  commonName: string | undefined,
  hasOther: boolean,
  profile: Profile,
  source: string,
): Pick<NameRequest, 'names' | 'commonName'> {
  const kind = commonName === undefined ? undefined : kindOf(commonName);
  if (names.length === 0) {
    if (commonName === undefined || (kind !== 'dNSName' && kind !== 'iPAddress'))
      throw new DevcaError('DEVCA_CSR_NAMES', { source, commonName, profile: profile.name });
    return { names: [commonName] };
  }
  if (commonName === undefined || hasOther) return { names };
  const isHost = kind !== undefined && /[.:@]/.test(commonName);
  if (isHost && !names.includes(commonName.toLowerCase())) {
    const reasons = [`the common name "${commonName}", which is not in the subjectAltName`];
    throw new DevcaError('DEVCA_CSR_REFUSED', { source, reasons });
  }
  return kind === 'iPAddress' ? { names } : { names, commonName };
}

/** What a client or service is called: its common name, else the label of a name that the profile would give it. */
function labelOf(
  names: readonly IdentifierName[],
  commonName: string | undefined,
  profile: Profile,
  trustDomain: string,
): string | undefined {
  if (commonName !== undefined) {
    const kind = kindOf(commonName);
    if (kind === 'dNSName' && !commonName.includes('.')) return commonName;
    if (kind === 'rfc822Name' && profile.firstName === 'label-or-mail-address') return commonName;
    return undefined;
  }
  return names
    .flatMap(({ value }) => /^(?:spiffe:\/\/[^/]*\/)?([^./@:]+)/.exec(value)?.[1] ?? [])
    .find((label) => names.some(({ value }) => impliedNames(label, trustDomain).slice(1).includes(value)));
}

/** The label, and the names that `readCertificateNames` makes of it. */
function impliedNames(label: string, trustDomain: string): readonly string[] {
  const spiffeId = formatSpiffeId({ trustDomain, path: `/${label}` });
  return [label, `${label}.${trustDomain}`, spiffeId].map((name) => name.toLowerCase());
}

/** The subjectAltName, each name held to be what it says it is. */
function alternativeNames({ extensions }: CertificationRequest, source: string): readonly IdentifierName[] {
  const extension = findExtension(extensions, OID.subjectAltName);
  const names = extension === undefined ? [] : parseSubjectAltName(extension.value);
  if (names.length > MOST_NAMES)
    throw new DevcaError('DEVCA_CSR_TOO_MANY_NAMES', { source, count: names.length, limit: MOST_NAMES });
  const foreign = names.filter((name) => !('value' in name)).map((name) => describeForeign(name));
  if (foreign.length > 0) throw new DevcaError('DEVCA_CSR_REFUSED', { source, reasons: foreign });
  const asked = names.flatMap((name) => ('value' in name ? [name] : []));
  const readings = asked.map((name) => ({ value: name.value, reading: readAs(name) }));
  const problems = readings.flatMap(({ value, reading }) =>
    'value' in reading ? [] : [{ value, ...reading }],
  );
  if (problems.length > 0) throw new DevcaError('DEVCA_NAME_INVALID', { problems });
  return readings.flatMap(({ reading }) => ('value' in reading ? [reading.value] : []));
}

function readAs(name: IdentifierName): { value: IdentifierName } | { reason: string; hint?: string } {
  const reading = readIdentifier(name.value);
  if (!('value' in reading)) return reading;
  const { kind } = reading.value.name;
  if (kind === name.kind) return { value: reading.value.name };
  return { reason: `the request calls it ${article(name.kind)}, and it is ${article(kind)}` };
}

function describeForeign(name: GeneralName): string {
  const text = formatGeneralName(name);
  return `the name ${text.length > 80 ? `${text.slice(0, 60)}...` : text}`;
}

const article = (kind: GeneralName['kind']): string => `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;

/** What a common name could be taken for. */
function kindOf(commonName: string): GeneralName['kind'] | undefined {
  const reading = readIdentifier(commonName);
  return 'value' in reading ? reading.value.name.kind : undefined;
}
