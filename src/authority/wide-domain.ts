import type { IdentifierName } from '../pki/identifier.ts';

/** Top-level domains that nobody delegates (RFC 8244 section 4, ICANN's name collision work), and what routers use. */
const PRIVATE_DOMAINS = ['corp', 'docker', 'home', 'intranet', 'lan', 'localdomain', 'mail', 'private'];

/** Those of everybody that a person may type by mistake; two letters are always a country's (ISO 3166-1). */
const PUBLIC_DOMAINS = /^(app|biz|com|dev|edu|gov|info|int|mil|net|org|page|xyz|zip|[a-z]{2})$/;

/** Where a country's registry sells names below. */
const PUBLIC_SECOND_LEVELS = /^(ac|co|com|edu|gov|net|org)\.[a-z]{2}$/;

/** Single labels that are set apart: RFC 2606, RFC 6761, RFC 6762 and ICANN's `internal`. */
const SPECIAL_DOMAINS = ['example', 'internal', 'invalid', 'local', 'localhost', 'test'];

/**
 * Whether a domain, as a constraint has it, is one below which anybody can have a site. Nobody owns `com`, or a
 * top-level domain that comes one day, so that any single label counts which is not set apart.
 */
export function isPublic(constraint: string): boolean {
  const domain = constraint.toLowerCase().replaceAll(/^\.|\.$/g, '');
  if (domain.includes('.')) return PUBLIC_SECOND_LEVELS.test(domain);
  return !SPECIAL_DOMAINS.includes(domain) && !PRIVATE_DOMAINS.includes(domain);
}

/** Whether what would be permitted for a name is a domain of everybody, as `com` for `*.com`: it is never proposed. */
export function isWide(domain: string, { kind, value }: IdentifierName): boolean {
  if (domain.includes('.')) return PUBLIC_SECOND_LEVELS.test(domain);
  if (PRIVATE_DOMAINS.includes(domain) || kind === 'iPAddress') return false;
  // A single label is the name of a service or of a machine; one with names below it is a top-level domain.
  return value.startsWith('*.') || PUBLIC_DOMAINS.test(domain);
}
