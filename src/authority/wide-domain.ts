import type { IdentifierName } from '../pki/identifier.ts';

/** Top-level domains that nobody delegates (RFC 8244 section 4, ICANN's name collision work), and what routers use. */
const PRIVATE_DOMAINS = ['corp', 'docker', 'home', 'intranet', 'lan', 'localdomain', 'mail', 'private'];

/** Two letters are always a country's (ISO 3166-1), and no machine has a name in punycode by itself. */
const OF_FORM = /^([a-z]{2}|xn--.*)$/;

/** The other top-level domains below which most of the world has its sites. */
const PUBLIC_DOMAINS = new Set(
  `aero agency app art asia band bank best bio biz blog business buzz cafe capital care cat center chat church city click
  cloud club codes coffee com community company computer coop cool day design dev digital directory earth edu education
  email energy engineering estate events exchange expert family fashion finance fit football foundation fun fund fyi gallery
  games global gmbh gov green group guide guru health host hosting house info ink institute int international jobs law legal
  life link live loan lol love ltd market marketing media men mil mobi moe money monster museum name net network news ngo
  ninja one onion online org page partners party photo photography photos pics plus post press pro productions properties pub
  quest racing recipes rent report rest review reviews rip rocks run sale school science services shop show site ski social
  software solar solutions space sport store stream studio style support surf systems team tech technology tel tips today
  tools top tours town trade training travel tube university uno vip vision website wiki win wine work works world wtf xxx
  xyz yoga zip zone`.split(/\s+/),
);

/** Where a country's registry sells names below. */
const PUBLIC_SECOND_LEVELS = /^(ac|co|com|edu|gov|net|org)\.[a-z]{2}$/;

/**
 * Whether a domain, as a constraint has it, is one below which anybody can have a site: `com`, `uk`, `co.uk`. Any other
 * single label is taken for the name of a service or of a machine, which is what authorities permit them for.
 */
export function isPublic(constraint: string): boolean {
  const domain = constraint.toLowerCase().replaceAll(/^\.|\.$/g, '');
  if (domain.includes('.')) return PUBLIC_SECOND_LEVELS.test(domain);
  return OF_FORM.test(domain) || PUBLIC_DOMAINS.has(domain);
}

/** Whether what would be permitted for a name is a domain of everybody, as `com` for `*.com`: it is never proposed. */
export function isWide(domain: string, { kind, value }: IdentifierName): boolean {
  if (domain.includes('.')) return PUBLIC_SECOND_LEVELS.test(domain);
  if (PRIVATE_DOMAINS.includes(domain) || kind === 'iPAddress') return false;
  // A single label is the name of a service or of a machine; one with names below it is a top-level domain.
  return value.startsWith('*.') || isPublic(domain);
}
