import type { GeneralSubtree } from '../pki/extensions/name-constraints.ts';
import type { GeneralName } from '../pki/general-name.ts';
import { parseIpAddress } from '../pki/ip-address.ts';
import { isWithinName } from '../pki/name.ts';
import {
  type DnsPattern,
  isHostName,
  isWithinDomain,
  overlapsDomain,
  parseDnsPattern,
} from './dns-pattern.ts';
import { type Mailbox, parseMailbox } from './mailbox.ts';
import { uriHost } from './uri-host.ts';

/** `overlaps`: some of the names that a wildcard stands for are within, and some are not. */
export type Relation = 'within' | 'overlaps' | 'apart';

/** A name as constraints look at it. */
export type ConstrainedName =
  | { readonly kind: 'dNSName'; readonly pattern: DnsPattern }
  | { readonly kind: 'rfc822Name'; readonly mailbox: Mailbox }
  | { readonly kind: 'uniformResourceIdentifier'; readonly host: string }
  | Extract<GeneralName, { kind: 'iPAddress' | 'directoryName' }>;

/** How a name relates to one subtree. Only names of the subtree's own kind are asked about. */
export type Relate = (name: ConstrainedName) => Relation;

/** Reads a name for comparison; undefined where it is malformed, and where a URI has no host that is a name. */
export function readConstrainedName(name: GeneralName): ConstrainedName | undefined {
  switch (name.kind) {
    case 'dNSName': {
      const pattern = parseDnsPattern(name.value, true);
      return pattern && { kind: name.kind, pattern };
    }
    case 'rfc822Name': {
      const mailbox = parseMailbox(name.value);
      return mailbox && { kind: name.kind, mailbox };
    }
    case 'uniformResourceIdentifier': {
      const host = uriHost(name.value);
      return host === undefined ? undefined : { kind: name.kind, host };
    }
    case 'iPAddress':
    case 'directoryName':
      return name;
    default:
      return undefined;
  }
}

/**
 * How names relate to a subtree (RFC 5280 section 4.2.1.10); undefined where its base is malformed or of a kind that
 * is not processed. An empty base holds every name, as Go and NSS have it.
 */
export function compileSubtree({ base }: GeneralSubtree, isExcluded: boolean): Relate | undefined {
  switch (base.kind) {
    case 'dNSName':
      return compileDns(base.value.toLowerCase(), isExcluded);
    case 'rfc822Name':
      return base.value.includes('@') ? compileMailbox(base.value) : compileHost(base.value, mailboxDomain);
    case 'uniformResourceIdentifier':
      return compileHost(base.value, hostOf);
    case 'iPAddress':
      return (name) => (name.kind === 'iPAddress' ? relateIp(name.bytes, base.bytes) : 'apart');
    case 'directoryName':
      return (name) => relation(name.kind === 'directoryName' && isWithinName(name.name, base.name));
    default:
      return undefined;
  }
}

const relation = (isWithin: boolean): Relation => (isWithin ? 'within' : 'apart');

/**
 * The standard gives a dot before a dNSName no meaning. It is read in whichever way is narrower: only what is below
 * is permitted, but the name itself is excluded too.
 */
function compileDns(base: string, isExcluded: boolean): Relate | undefined {
  const hasDot = base.startsWith('.');
  const domain = hasDot ? base.slice(1) : base;
  if (domain === '' ? hasDot : !isHostName(domain, true)) return undefined;
  return (name) => {
    if (name.kind !== 'dNSName') return 'apart';
    const { pattern } = name;
    if (hasDot && !isExcluded && !pattern.isWildcard && pattern.name === domain) return 'apart';
    if (isWithinDomain(pattern, domain)) return 'within';
    return overlapsDomain(pattern, domain) ? 'overlaps' : 'apart';
  };
}

function compileMailbox(base: string): Relate | undefined {
  const only = parseMailbox(base);
  if (only === undefined) return undefined;
  return (name) =>
    relation(
      name.kind === 'rfc822Name' &&
        name.mailbox.localPart === only.localPart &&
        name.mailbox.domain === only.domain,
    );
}

/** A host, or with a dot before it a domain that hosts must be below. */
function compileHost(base: string, read: (name: ConstrainedName) => string | undefined): Relate | undefined {
  if (base === '') return () => 'within';
  const onlyBelow = base.startsWith('.');
  const domain = (onlyBelow ? base.slice(1) : base).toLowerCase();
  if (!isHostName(domain, true) || parseIpAddress(domain) !== undefined) return undefined;
  return (name) => {
    const host = read(name);
    return relation(host !== undefined && (onlyBelow ? host.endsWith(`.${domain}`) : host === domain));
  };
}

const hostOf = (name: ConstrainedName): string | undefined =>
  name.kind === 'uniformResourceIdentifier' ? name.host : undefined;

const mailboxDomain = (name: ConstrainedName): string | undefined =>
  name.kind === 'rfc822Name' ? name.mailbox.domain : undefined;

function relateIp(address: Uint8Array, range: Uint8Array): Relation {
  const size = address.length;
  if (range.length !== 2 * size) return 'apart';
  return relation(
    address.every((octet, i) => {
      const mask = range[size + i] ?? 0;
      return (octet & mask) === ((range[i] ?? 0) & mask);
    }),
  );
}
