import { DevcaError } from '../errors/devca-error.ts';
import { shellWord } from '../errors/shell-word.ts';
import type { Reading, Refusal } from '../pki/dns-name.ts';
import { type Identifier, type IdentifierName, readIdentifier } from '../pki/identifier.ts';
import { formatSpiffeId, readServiceId, readTrustDomain } from '../pki/spiffe-id.ts';
import type { NameKind, Profile } from './profile.ts';

/** The trust domain of `NAME.TRUST-DOMAIN` and of SPIFFE IDs where none is given. */
export const DEFAULT_TRUST_DOMAIN = 'dev.internal';

/** RFC 5280 appendix A, ub-common-name. */
const LONGEST_COMMON_NAME = 64;

/** More than any client has met: OpenSSL takes no chain of more than 100 KiB (SSL_CTX_set_max_cert_list). */
export const MOST_NAMES = 1000;

export interface NameRequest {
  /** As a person typed them. */
  readonly names: readonly string[];
  readonly trustDomain?: string;
  /** Instead of the common name that the profile would give. */
  readonly commonName?: string;
}

/** What a certificate will be called, before it is held against the authority's constraint. */
export interface CertificateNames {
  /** `undefined` for an empty subject. */
  readonly commonName: string | undefined;
  readonly subjectAltNames: readonly IdentifierName[];
  /** The bare label of a service: an alternative name where the authority permits it. */
  readonly bareLabel: IdentifierName | undefined;
  /** The NAMEs that were asked for, without repetitions. */
  readonly requested: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Turns the names of a request into subject and subjectAltName as the profile wants them.
 * Throws DEVCA_ISSUE_NAMES_MISSING, DEVCA_ISSUE_TOO_MANY_NAMES, DEVCA_NAME_INVALID (for all bad names together),
 * DEVCA_ISSUE_TRUST_DOMAIN and DEVCA_ISSUE_COMMON_NAME.
 */
export function readCertificateNames(request: NameRequest, profile: Profile): CertificateNames {
  const trustDomain = parseTrustDomain(request.trustDomain ?? DEFAULT_TRUST_DOMAIN);
  const identifiers = readNames(request.names, profile);
  const requested = identifiers.map(({ name }) => name.value);
  const [first, ...further] = identifiers.map(({ name }) => name);
  if (first === undefined) throw new DevcaError('DEVCA_ISSUE_NAMES_MISSING', { profile: profile.name });
  if (identifiers.length > MOST_NAMES)
    throw new DevcaError('DEVCA_ISSUE_TOO_MANY_NAMES', { count: identifiers.length, limit: MOST_NAMES });
  const warnings = identifiers.flatMap((identifier) => identifier.warnings);
  const label = profile.firstName === 'any' || first.kind !== 'dNSName' ? undefined : first;
  if (label !== undefined) parseTrustDomain(`${label.value}.${trustDomain}`);
  const names =
    label === undefined
      ? [first, ...further]
      : [dnsName(`${label.value}.${trustDomain}`), ...further, ...spiffeIdOf(label, trustDomain, profile)];
  const commonName = checkCommonName(
    request.commonName ??
      (profile.firstName === 'any' ? firstDnsName(names) : typedName(first, request.names)),
  );
  const bareLabel = label !== undefined && profile.names.includes('dNSName') ? label : undefined;
  return { commonName, subjectAltNames: names, bareLabel, requested, warnings };
}

function parseTrustDomain(text: string): string {
  const reading = readTrustDomain(text);
  if ('value' in reading) return reading.value;
  throw new DevcaError('DEVCA_ISSUE_TRUST_DOMAIN', { trustDomain: text, reason: reading.reason });
}

/** As `parseIdentifiers`, with what the profile demands of each name. */
function readNames(texts: readonly string[], profile: Profile): readonly Identifier[] {
  const identifiers = new Map<string, Identifier>();
  const problems: ({ value: string } & Refusal)[] = [];
  for (const [index, text] of texts.entries()) {
    const reading = readNameFor(text, index, profile);
    if ('value' in reading)
      identifiers.set(`${reading.value.name.kind} ${reading.value.name.value}`, reading.value);
    else problems.push({ value: text, ...reading });
  }
  if (problems.length > 0) throw new DevcaError('DEVCA_NAME_INVALID', { problems });
  return [...identifiers.values()];
}

function readNameFor(text: string, index: number, profile: Profile): Reading<Identifier> {
  // A person's number may be a label, although no host name is a number.
  const isNumber = index === 0 && profile.firstName !== 'any' && /^\d{1,63}$/.test(text);
  const reading = isNumber ? { value: { name: dnsName(text), warnings: [] } } : readIdentifier(text);
  if (!('value' in reading)) return reading;
  const refusal =
    index === 0 && profile.firstName !== 'any'
      ? refuseFirst(reading.value.name, profile)
      : refuseKind(reading.value.name, profile);
  return refusal ?? reading;
}

function refuseFirst(name: IdentifierName, profile: Profile): Refusal | undefined {
  if (name.kind === 'rfc822Name' && profile.firstName === 'label-or-mail-address') return undefined;
  if (name.kind === 'dNSName' && !name.value.includes('.')) return undefined;
  const wanted = profile.firstName === 'label' ? 'a label' : 'a label or an e-mail address';
  const label = name.kind === 'dNSName' ? name.value.split('.').find((part) => part !== '*') : undefined;
  const further = profile.names.includes(name.kind) && label !== undefined ? `, then "${name.value}"` : '';
  return {
    reason: `the first name of a ${profile.name} is ${wanted}, such as "${label ?? 'orders'}"`,
    ...(label === undefined ? {} : { hint: `give "${label}" first${further}` }),
  };
}

function refuseKind(name: IdentifierName, profile: Profile): Refusal | undefined {
  if (profile.names.includes(name.kind)) return undefined;
  const kinds = profile.names.map((kind) => KIND_WORDS[kind]).join(' and ');
  const reason = `the profile "${profile.name}" takes ${kinds} here, not ${KIND_WORDS[name.kind]}`;
  const line = lineFor(name);
  return line === undefined ? { reason } : { reason, hint: `run "devca issue ${line}"` };
}

/** What the built-in profiles make of a name that a server cannot have. */
function lineFor({ kind, value }: IdentifierName): string | undefined {
  if (kind === 'rfc822Name') return `--profile client ${shellWord(value)}`;
  const service = kind === 'uniformResourceIdentifier' ? readServiceId(value) : undefined;
  if (service === undefined) return undefined;
  return `--profile service --trust-domain ${shellWord(service.trustDomain)} ${shellWord(service.label)}`;
}

const KIND_WORDS: Readonly<Record<NameKind, string>> = {
  dNSName: 'DNS names',
  iPAddress: 'IP addresses',
  rfc822Name: 'e-mail addresses',
  uniformResourceIdentifier: 'URIs',
};

function spiffeIdOf(label: IdentifierName, trustDomain: string, profile: Profile): IdentifierName[] {
  if (!profile.spiffeId) return [];
  const value = formatSpiffeId({ trustDomain, path: `/${label.value}` });
  return [{ kind: 'uniformResourceIdentifier', value }];
}

const dnsName = (value: string): IdentifierName => ({ kind: 'dNSName', value });

const firstDnsName = (names: readonly IdentifierName[]): string | undefined =>
  names.find(({ kind, value }) => kind === 'dNSName' && value.length <= LONGEST_COMMON_NAME)?.value;

/** PostgreSQL and others compare a common name with respect to case: it stays as it was typed. */
function typedName(name: IdentifierName, texts: readonly string[]): string {
  const typed = texts[0] ?? '';
  return name.kind === 'dNSName' && typed.toLowerCase() === name.value ? typed : name.value;
}

function checkCommonName(commonName: string | undefined): string | undefined {
  if (commonName === undefined) return undefined;
  const fail = (reason: string) => new DevcaError('DEVCA_ISSUE_COMMON_NAME', { commonName, reason });
  if (commonName.trim() === '') throw fail('it is empty');
  if ([...commonName].length > LONGEST_COMMON_NAME)
    throw fail(`it has more than ${LONGEST_COMMON_NAME} characters`);
  if (/[\u0000-\u001f\u007f-\u009f]/.test(commonName)) throw fail('it has a control character in it');
  if (/\p{Surrogate}/u.test(commonName)) throw fail('it is not well-formed Unicode');
  return commonName;
}
