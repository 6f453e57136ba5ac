import { domainToASCII } from 'node:url';
import type { Certificate } from '../pki/certificate.ts';
import { bytesEqual } from '../pki/fingerprint.ts';
import { formatGeneralName, type GeneralName, type GeneralNameKind } from '../pki/general-name.ts';
import { parseIpAddress } from '../pki/ip-address.ts';
import { commonNameOf } from '../pki/name.ts';
import { isHostName, matchesHost, parseDnsPattern } from './dns-pattern.ts';
import { parseMailbox, sameMailbox } from './mailbox.ts';
import { type Finding, finding } from './problem.ts';
import type { ReferenceName, ValidationPolicy } from './request.ts';
import { normalizeUri } from './uri-host.ts';

/**
 * Whether the certificate is for the name that the client looks for (RFC 9525). Only the subjectAltName counts, an
 * address only as iPAddress, and the common name never.
 */
export function checkIdentity(
  certificate: Certificate,
  reference: ReferenceName,
  policy: ValidationPolicy,
): Finding[] {
  const { kind, value: wanted } = reference;
  const matcher = MATCHERS[kind]?.(wanted, policy) ?? { reason: 'there is no such kind of name' };
  if ('reason' in matcher) {
    const context = { kind: KIND_TEXT[kind], wanted, reason: matcher.reason };
    return [finding('DEVCA_NAME_UNUSABLE', context)];
  }
  const names = certificate.subjectAltName ?? [];
  const verdicts = names.map((name) => [name, matcher.compare(name)] as const);
  if (verdicts.some(([, verdict]) => verdict === 'match')) return [];
  const tooWide = verdicts.find(([, verdict]) => verdict === 'too-wide')?.[0];
  if (tooWide?.kind === 'dNSName') {
    return [finding('DEVCA_NAME_WILDCARD_TOO_WIDE', { wanted, pattern: tooWide.value }, certificate)];
  }
  if (!names.some((name) => name.kind === matcher.nameKind)) {
    const commonName = commonNameOf(certificate.subject);
    return [finding('DEVCA_NAME_ABSENT', { kind: KIND_TEXT[kind], wanted, commonName }, certificate)];
  }
  const presented = names.map(formatGeneralName);
  return [finding('DEVCA_NAME_MISMATCH', { kind: KIND_TEXT[kind], wanted, presented }, certificate)];
}

type Verdict = 'match' | 'too-wide' | 'no';

type Matcher =
  | { readonly reason: string }
  | { readonly nameKind: GeneralNameKind; readonly compare: (name: GeneralName) => Verdict };

const KIND_TEXT = {
  dns: 'the host',
  ip: 'the address',
  email: 'the e-mail address',
  uri: 'the URI',
} as const;

// Partial, since callers in JavaScript may ask for any kind.
const MATCHERS: Partial<
  Record<ReferenceName['kind'], (wanted: string, policy: ValidationPolicy) => Matcher>
> = {
  dns: matchDns,
  ip: (wanted) => {
    const bytes = parseIpAddress(wanted);
    if (bytes === undefined) return { reason: 'it is no IP address' };
    const compare = (name: GeneralName) =>
      verdictOf(name.kind === 'iPAddress' && bytesEqual(name.bytes, bytes));
    return { nameKind: 'iPAddress', compare };
  },
  email: (wanted) => {
    const mailbox = parseMailbox(wanted);
    if (mailbox === undefined) return { reason: 'it is no e-mail address' };
    const compare = (name: GeneralName): Verdict => {
      const presented = name.kind === 'rfc822Name' ? parseMailbox(name.value) : undefined;
      return verdictOf(presented !== undefined && sameMailbox(presented, mailbox));
    };
    return { nameKind: 'rfc822Name', compare };
  },
  uri: (wanted) => {
    if (!/^[A-Za-z][A-Za-z0-9+.-]*:./.test(wanted)) return { reason: 'it is no absolute URI' };
    const uri = normalizeUri(wanted);
    const compare = (name: GeneralName): Verdict =>
      verdictOf(name.kind === 'uniformResourceIdentifier' && normalizeUri(name.value) === uri);
    return { nameKind: 'uniformResourceIdentifier', compare };
  },
};

/**
 * A reference in U-labels is compared by its A-labels, and one dot at its end is the root's (RFC 9525 section 6.3).
 * Browsers, OpenSSL and Java take no wildcard directly above a single label, so the web's policy takes none either.
 * Underscores are outside of the preferred name syntax: the web's clients take them, the standard doesn't.
 */
function matchDns(wanted: string, policy: ValidationPolicy): Matcher {
  const host = toHost(wanted);
  if (host === undefined) return { reason: 'it is no host name' };
  if (parseIpAddress(host) !== undefined) return { reason: 'it is an IP address' };
  const compare = (name: GeneralName): Verdict => {
    const pattern = name.kind === 'dNSName' ? parseDnsPattern(name.value, policy === 'webpki') : undefined;
    if (pattern === undefined || !matchesHost(pattern, host)) return 'no';
    return policy === 'webpki' && pattern.isWildcard && !pattern.name.includes('.') ? 'too-wide' : 'match';
  };
  return { nameKind: 'dNSName', compare };
}

function toHost(wanted: string): string | undefined {
  const isAscii = /^[\0-\x7f]*$/.test(wanted);
  const ascii = isAscii ? wanted.toLowerCase() : domainToASCII(wanted);
  const host = ascii.endsWith('.') ? ascii.slice(0, -1) : ascii;
  return isHostName(host, true) ? host : undefined;
}

const verdictOf = (matches: boolean): Verdict => (matches ? 'match' : 'no');
