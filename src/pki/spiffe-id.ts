import { type Reading, readDnsName } from './dns-name.ts';

/** SPIFFE-ID specification, section 2.3. */
const LONGEST_ID = 2048;
const PATH_SEGMENT = /^[A-Za-z0-9._-]+$/;

export interface SpiffeId {
  readonly trustDomain: string;
  /** Begins with a slash; empty for the trust domain itself. */
  readonly path: string;
}

/** Reads `spiffe://TRUST-DOMAIN/PATH` (SPIFFE-ID specification, section 2). Scheme and trust domain become lower case. */
export function readSpiffeId(text: string): Reading<SpiffeId> {
  if (text.length > LONGEST_ID)
    return { reason: `it has ${text.length} characters, and ${LONGEST_ID} is the limit` };
  const match = /^spiffe:\/\/([^/]*)(.*)$/is.exec(text);
  if (match === null) return { reason: 'it does not begin with "spiffe://"' };
  const trustDomain = readTrustDomain(match[1] ?? '');
  if (!('value' in trustDomain))
    return { ...trustDomain, reason: `its trust domain is wrong: ${trustDomain.reason}` };
  const path = match[2] ?? '';
  const segments = path === '' ? [] : path.slice(1).split('/');
  if (segments.some((segment) => segment === '')) return { reason: 'its path has an empty segment' };
  if (segments.some((segment) => segment === '.' || segment === '..'))
    return { reason: 'its path has a "." or ".." segment' };
  if (!segments.every((segment) => PATH_SEGMENT.test(segment)))
    return { reason: 'its path may have letters, digits, dots, hyphens and underscores only' };
  return { value: { trustDomain: trustDomain.value, path } };
}

/** A trust domain is a host name that devca can hold against its constraint, never a wildcard. */
export function readTrustDomain(text: string): Reading<string> {
  const reading = readDnsName(text);
  if ('value' in reading && reading.value.startsWith('*')) return { reason: 'it cannot be a wildcard' };
  return reading;
}

export function formatSpiffeId(id: SpiffeId): string {
  return `spiffe://${id.trustDomain}${id.path}`;
}

/** The trust domain and the label of `spiffe://TRUST-DOMAIN/LABEL`, as the profile "service" makes it; else undefined. */
export function readServiceId(
  text: string,
): { readonly trustDomain: string; readonly label: string } | undefined {
  const reading = readSpiffeId(text);
  const match = 'value' in reading ? /^\/([A-Za-z0-9][A-Za-z0-9_-]*)$/.exec(reading.value.path) : null;
  if (!('value' in reading) || match === null) return undefined;
  return { trustDomain: reading.value.trustDomain, label: match[1] ?? '' };
}
