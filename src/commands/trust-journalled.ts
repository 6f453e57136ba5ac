import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import type { World } from '../platform/world.ts';
import { journalledStatus } from '../truststore/journalled.ts';
import { journalledRoots, trustStatus } from '../truststore/trust.ts';
import type { TrustAnchor } from '../truststore/trust-anchor.ts';
import {
  type AnchoredRow,
  type AuthorityFlags,
  fingerprintFlag,
  trustAnchorsOf,
  withPlace,
  withRoot,
} from './trust-table.ts';

interface StatusFlags extends AuthorityFlags {
  readonly store: readonly string[];
}

export interface StatusRows {
  /** The roots of the authority, or where there is none all others. */
  readonly anchors: readonly TrustAnchor[];
  readonly isOwn: boolean;
  /** Those that came from elsewhere. */
  readonly foreign: readonly TrustAnchor[];
  readonly rows: readonly AnchoredRow[];
}

/**
 * How the roots of an authority stand in every store, and, unless it was named, how those stand that came from elsewhere
 * or belong to another home: in the stores that they were put into, and in every store where there is no authority.
 * Throws as `trustAnchorsOf` where there are neither.
 */
export async function statusRows(flags: StatusFlags, world: World): Promise<StatusRows> {
  const options = { stores: flags.store };
  const own = ownAnchors(flags, world);
  const known = flags.authority === undefined ? await journalledRoots(world) : [];
  if (own.length === 0 && known.length === 0) trustAnchorsOf(flags, world);
  const everywhere = async (anchors: readonly TrustAnchor[], isOwn: boolean) => {
    const rows: AnchoredRow[] = [];
    for (const anchor of anchors)
      rows.push(...(await trustStatus(anchor, options, world)).map(withRoot(anchor, isOwn)));
    return rows;
  };
  if (own.length === 0)
    return {
      anchors: known,
      isOwn: false,
      foreign: known,
      rows: (await everywhere(known, false)).map(withFingerprint),
    };
  const ownPrints = own.map(({ sha256 }) => sha256);
  const others = await journalledStatus(ownPrints, options, world);
  const foreign = others.map(({ anchor, row }) => withFingerprint(withRoot(anchor, false)(row)));
  return {
    anchors: own,
    isOwn: true,
    foreign: known.filter(({ sha256 }) => !ownPrints.includes(sha256)),
    rows: [...withPlace(await everywhere(own, true), flags, world), ...foreign],
  };
}

/** The roots of the authority; none where there is no authority. */
export function ownAnchors(flags: AuthorityFlags, world: World): readonly TrustAnchor[] {
  try {
    return trustAnchorsOf(flags, world);
  } catch (error) {
    if (isDevcaError(error, 'DEVCA_AUTHORITY_MISSING')) return [];
    throw error;
  }
}

/** The roots of the journal whose fingerprints, or beginnings of them, are given. Throws DEVCA_TRUST_ROOT_UNKNOWN. */
export function rootsByFingerprint(
  given: readonly string[],
  journalled: readonly TrustAnchor[],
): readonly TrustAnchor[] {
  const known = journalled.map(({ sha256 }) => sha256);
  const found = given.map((text) => {
    const prefix = text.replaceAll(/[\s:]/g, '').toLowerCase();
    const matches = journalled.filter(({ sha256 }) => sha256.startsWith(prefix));
    const [match] = matches;
    if (match === undefined || matches.length > 1 || prefix.length < SHORTEST_PREFIX)
      throw new DevcaError('DEVCA_TRUST_ROOT_UNKNOWN', { given: text, known });
    return match;
  });
  return [...new Set(found)];
}

const SHORTEST_PREFIX = 8;

/** A root without an authority here is named by its fingerprint in commands. */
export function withFingerprint<Row extends AnchoredRow>(row: Row): Row {
  return { ...row, fix: row.fix.replaceAll(/\bdevca trust install\b/g, `$&${fingerprintFlag(row.root)}`) };
}
