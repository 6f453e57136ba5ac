/** A dNSName of a certificate: a host name, or with a wildcard for its whole left-most label. */
export interface DnsPattern {
  readonly isWildcard: boolean;
  /** Lower case; without the wildcard label. */
  readonly name: string;
}

/**
 * Reads a dNSName in the preferred name syntax (RFC 5280 section 4.2.1.6, RFC 1034 section 3.5): A-labels only, no
 * dot at either end. Underscores are outside of that syntax but common for containers: the caller decides.
 */
export function parseDnsPattern(value: string, allowUnderscore: boolean): DnsPattern | undefined {
  const isWildcard = value.startsWith('*.');
  const name = (isWildcard ? value.slice(2) : value).toLowerCase();
  return isHostName(name, allowUnderscore) && value.length <= 253 ? { isWildcard, name } : undefined;
}

export function isHostName(name: string, allowUnderscore: boolean): boolean {
  return name.length <= 253 && (allowUnderscore ? HOST_NAME_WITH_UNDERSCORE : PREFERRED_HOST_NAME).test(name);
}

/** Whether the pattern stands for this host name, given in lower case without a dot at the end. */
export function matchesHost({ isWildcard, name }: DnsPattern, host: string): boolean {
  if (!isWildcard) return host === name;
  const dot = host.indexOf('.');
  return dot > 0 && host.slice(dot + 1) === name;
}

/** Whether every name that the pattern stands for is `base` or below it; the empty base is the root of all names. */
export function isWithinDomain({ name }: DnsPattern, base: string): boolean {
  return base === '' || name === base || (name.length > base.length && name.endsWith(`.${base}`));
}

/** Whether some name that the pattern stands for is `base` or below it. */
export function overlapsDomain(pattern: DnsPattern, base: string): boolean {
  return isWithinDomain(pattern, base) || (pattern.isWildcard && matchesHost(pattern, base));
}

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const LABEL_WITH_UNDERSCORE = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const PREFERRED_HOST_NAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);
const HOST_NAME_WITH_UNDERSCORE = new RegExp(`^${LABEL_WITH_UNDERSCORE}(?:\\.${LABEL_WITH_UNDERSCORE})*$`);
