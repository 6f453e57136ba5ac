import { DevcaError } from '../errors/devca-error.ts';
import type { Extension } from '../pki/extensions/extension.ts';
import { encodeNameConstraints, type GeneralSubtree, ipSubtree } from '../pki/extensions/name-constraints.ts';
import type { IdentifierName } from '../pki/identifier.ts';
import { parseIpRange } from '../pki/ip-address.ts';
import { OID } from '../pki/oid.ts';
import { readSpiffeId } from '../pki/spiffe-id.ts';
import { parsePermitted } from './permitted-name.ts';
import { isWide } from './wide-domain.ts';

/**
 * What an authority may issue for. The certificates of the authority carry what verifiers understand of it; issuing
 * enforces all of it.
 */
export type Constraint =
  | { readonly unconstrained: true }
  | {
      readonly unconstrained: false;
      /** Names that are permitted with everything below them, also in e-mail addresses and SPIFFE IDs. */
      readonly names: readonly string[];
      /** Ranges of addresses such as `10.0.0.0/8`. */
      readonly ranges: readonly string[];
      /** Whether the certificates carry the ranges too. */
      readonly carriesRanges: boolean;
    };

export interface ConstraintRequest {
  /** Names and ranges besides the default ones. */
  readonly permit?: readonly string[];
  /** Names and ranges instead of the default ones. */
  readonly permitOnly?: readonly string[];
  readonly constrainIp?: boolean;
  readonly unconstrained?: boolean;
}

/** Names that no one on the Internet owns: RFC 2606, RFC 6761, RFC 6762, RFC 8375 and ICANN's `internal`. */
export const DEFAULT_NAMES = [
  'localhost',
  'test',
  'internal',
  'local',
  'home.arpa',
  'example',
  'example.com',
  'example.net',
  'example.org',
  'invalid',
] as const;

/** Loopback, private, link-local and unique-local: RFC 1122, RFC 1918, RFC 3927, RFC 4291, RFC 4193. */
export const DEFAULT_RANGES = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
] as const;

const defaultRanges: readonly string[] = DEFAULT_RANGES;

/**
 * The constraint that flags ask for. With `permitOnly` the default names go, and the default ranges too if it has
 * any of its own. Throws DEVCA_CONSTRAINT_INVALID, DEVCA_CONSTRAINT_EMPTY, DEVCA_CONSTRAINT_CONFLICT.
 */
export function buildConstraint(request: ConstraintRequest = {}): Constraint {
  const { permit = [], permitOnly = [], constrainIp = false, unconstrained = false } = request;
  if (unconstrained) {
    if (permit.length > 0 || permitOnly.length > 0 || constrainIp)
      throw new DevcaError('DEVCA_CONSTRAINT_CONFLICT', {});
    return { unconstrained };
  }
  const only = parsePermitted(permitOnly);
  const added = parsePermitted(permit);
  const valuesOf = (list: typeof only, kind: 'name' | 'range') =>
    list.filter((item) => item.kind === kind).map(({ value }) => value);
  const onlyRanges = valuesOf(only, 'range');
  const names = [...(only.length > 0 ? valuesOf(only, 'name') : DEFAULT_NAMES), ...valuesOf(added, 'name')];
  const ranges = [...(onlyRanges.length > 0 ? onlyRanges : DEFAULT_RANGES), ...valuesOf(added, 'range')];
  // A constraint without a dNSName entry would leave every DNS name open (RFC 5280 section 4.2.1.10).
  if (names.length === 0) throw new DevcaError('DEVCA_CONSTRAINT_EMPTY', {});
  return {
    unconstrained,
    names: [...new Set(names)],
    ranges: [...new Set(ranges)],
    carriesRanges: constrainIp,
  };
}

/**
 * The nameConstraints extension. Never with URI entries: Chromium, Firefox, rustls and pyca refuse every certificate
 * with a SPIFFE ID under one. With address entries only if asked for: under them BoringSSL's own verifier refuses
 * every certificate with an address. Each e-mail name stands twice, since `test` is the host and `.test` what is
 * below it (RFC 5280 section 4.2.1.10).
 */
export function constraintExtension(constraint: Constraint): Extension | undefined {
  if (constraint.unconstrained) return undefined;
  const permitted: GeneralSubtree[] = [
    ...constraint.names.map((value) => ({ base: { kind: 'dNSName', value } }) as const),
    ...constraint.names.flatMap((name) =>
      [name, `.${name}`].map((value) => ({ base: { kind: 'rfc822Name', value } }) as const),
    ),
    ...(constraint.carriesRanges ? constraint.ranges.flatMap((range) => ipSubtree(range) ?? []) : []),
  ];
  return {
    oid: OID.nameConstraints,
    critical: true,
    value: encodeNameConstraints({ permitted, excluded: [] }),
  };
}

/** Whether the authority may issue for a name. */
export function isPermitted(name: IdentifierName, constraint: Constraint): boolean {
  if (constraint.unconstrained) return true;
  if (name.kind === 'iPAddress') return constraint.ranges.some((range) => isWithinRange(name.bytes, range));
  const host = hostOf(name);
  // A URN has no host, so nothing that a name constraint could speak of.
  return host === undefined || constraint.names.some((base) => host === base || host.endsWith(`.${base}`));
}

/** Throws DEVCA_ISSUE_OUTSIDE_CONSTRAINT with all names that are outside; `place` are the flags that name the authority, if it rests anywhere. */
export function checkConstraint(
  names: readonly IdentifierName[],
  constraint: Constraint,
  place: string | undefined,
): void {
  const outside = names.filter((name) => !isPermitted(name, constraint));
  if (outside.length === 0) return;
  const domains = outside.map((name) => {
    const domain = name.kind === 'iPAddress' ? name.value : (hostOf(name) ?? '');
    return { domain, wide: isWide(domain, name) };
  });
  const listed = (wide: boolean) => [
    ...new Set(domains.filter((each) => each.wide === wide).map(({ domain }) => domain)),
  ];
  throw new DevcaError('DEVCA_ISSUE_OUTSIDE_CONSTRAINT', {
    names: outside.map(({ value }) => value),
    permitted: describeConstraint(constraint),
    permit: listed(false),
    tooWide: listed(true),
    place,
  });
}

/** What the constraint permits, for people and for the inventory; `undefined` for everything. */
export function permittedList(constraint: Constraint): readonly string[] | undefined {
  if (constraint.unconstrained) return undefined;
  const ranges = constraint.carriesRanges
    ? constraint.ranges
    : constraint.ranges.filter((range) => !defaultRanges.includes(range));
  return [...constraint.names, ...ranges];
}

/** A constraint that was kept as JSON; `undefined` where it is none, never one that permits more. */
export function parseConstraint(value: unknown): Constraint | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  if (fields.get('unconstrained') === true) return { unconstrained: true };
  const [names, ranges, carriesRanges] = ['names', 'ranges', 'carriesRanges'].map((field) =>
    fields.get(field),
  );
  if (fields.get('unconstrained') !== false || typeof carriesRanges !== 'boolean') return undefined;
  if (!isTextList(names) || !isTextList(ranges) || names.length === 0) return undefined;
  return { unconstrained: false, names, ranges, carriesRanges };
}

/** As `permittedList`, with words for the default ranges. */
function describeConstraint(constraint: Constraint): readonly string[] {
  if (constraint.unconstrained) return [];
  const others = constraint.ranges.filter((range) => !defaultRanges.includes(range));
  const hasDefaults = defaultRanges.every((range) => constraint.ranges.includes(range));
  if (!hasDefaults) return [...constraint.names, ...constraint.ranges];
  return [...constraint.names, ...others, 'loopback, private and link-local addresses'];
}

/** The host that a DNS name, an e-mail address or a SPIFFE ID speaks of. */
function hostOf(name: IdentifierName): string | undefined {
  switch (name.kind) {
    case 'dNSName':
      return name.value.replace(/^\*\./, '');
    case 'rfc822Name':
      return name.value.slice(name.value.lastIndexOf('@') + 1);
    default: {
      const id = readSpiffeId(name.value);
      return 'value' in id ? id.value.trustDomain : undefined;
    }
  }
}

const isTextList = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

function isWithinRange(address: Uint8Array, range: string): boolean {
  const bytes = parseIpRange(range);
  if (bytes === undefined || bytes.length !== address.length * 2) return false;
  return address.every(
    (octet, index) => (octet & (bytes[address.length + index] ?? 0)) === (bytes[index] ?? 0),
  );
}
