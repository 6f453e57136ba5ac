import type { StoreRow } from '../truststore/trust.ts';
import type { TrustAnchor } from '../truststore/trust-anchor.ts';
import type { DoctorFinding } from './doctor-finding.ts';

/** How one store stands to one root of a home. */
export interface RootRow extends StoreRow {
  readonly root: TrustAnchor;
  /** The name of the root's authority. */
  readonly authority: string;
}

/** One finding for each store that lacks roots, and one for each that could not be asked, with what mends all of it. */
export function rootFindings(rows: readonly RootRow[]): readonly DoctorFinding[] {
  const roots = new Set(rows.map(({ root }) => root.sha256)).size;
  return [...new Set(rows.map(({ id }) => id))].flatMap((id) => {
    const ofStore = rows.filter((row) => row.id === id);
    return [
      ...finding('store-not-trusting', 'problem', ofStore.filter(isLacking), roots),
      ...finding('store-unknown', 'obstacle', ofStore.filter(isUnknown), roots),
    ];
  });
}

/** Whether it is known that a store lacks a root. */
export const isLacking = ({ status }: RootRow): boolean =>
  status === 'not-trusted' || status === 'different-root' || status === 'partial';

const isUnknown = (row: RootRow): boolean =>
  row.status !== 'trusted' && row.status !== 'unsupported' && !isLacking(row);

function finding(
  id: string,
  severity: 'problem' | 'obstacle',
  rows: readonly RootRow[],
  roots: number,
): readonly DoctorFinding[] {
  const [first] = rows;
  if (first === undefined) return [];
  const fixes = unique(rows.map(({ fix }) => fix));
  const fix = fixes.length === 0 ? 'devca trust status' : fixes.join(' && ');
  const detail = unique(rows.map((row) => row.detail)).join('; ');
  const why = detail === '' ? '' : ` (${detail})`;
  const which =
    roots === 1 ? `the root "${first.root.name}"` : `${rows.length} of ${roots} roots, ${names(rows)}`;
  const statuses = unique(rows.map(({ status }) => status)).join(', ');
  return [{ id, severity, message: `the trust store "${first.id}" and ${which}: ${statuses}${why}`, fix }];
}

/** Roots of several authorities may have one name: the fingerprint tells them apart. */
const names = (rows: readonly RootRow[]): string =>
  rows
    .map(({ root, authority }) => `"${root.name}" of "${authority}" (${root.sha256.slice(0, 16)})`)
    .join(', ');

const unique = (words: readonly string[]): readonly string[] =>
  [...new Set(words)].filter((word) => word !== '');
