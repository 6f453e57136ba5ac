import type { IdentifierName } from '../pki/identifier.ts';

/** Top-level domains that nobody delegates (RFC 8244 section 4, ICANN's name collision work), and what routers use. */
const PRIVATE_DOMAINS = ['corp', 'docker', 'home', 'intranet', 'lan', 'localdomain', 'mail', 'private'];

/** Those of everybody that a person may type by mistake; two letters are always a country's (ISO 3166-1). */
const PUBLIC_DOMAINS = /^(app|biz|com|dev|edu|gov|info|int|mil|net|org|page|xyz|zip|[a-z]{2})$/;

/** Where a country's registry sells names below. */
const PUBLIC_SECOND_LEVELS = /^(ac|co|com|edu|gov|net|org)\.[a-z]{2}$/;

/** Whether what would be permitted for a name is a domain of everybody, as `com` for `*.com`: it is never proposed. */
export function isWide(domain: string, { kind, value }: IdentifierName): boolean {
  if (domain.includes('.')) return PUBLIC_SECOND_LEVELS.test(domain);
  if (PRIVATE_DOMAINS.includes(domain) || kind === 'iPAddress') return false;
  // A single label is the name of a service or of a machine; one with names below it is a top-level domain.
  return value.startsWith('*.') || PUBLIC_DOMAINS.test(domain);
}
