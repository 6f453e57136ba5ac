import { dirname } from 'node:path';
import type { StoreRow } from '../truststore/trust.ts';

interface Row extends StoreRow {
  readonly root: { readonly sha256: string };
}

/** Fewer than these stand in the table one by one. */
const FOLD_FROM = 5;

/**
 * Rows as a table shows them: browser profiles side by side that stand alike, hundreds of them on some machines, share one
 * line. JSON has every one of them.
 */
export function foldProfiles<Shown extends Row>(rows: readonly Shown[]): readonly Shown[] {
  const groups = new Map<unknown, Shown[]>();
  for (const row of rows) {
    const key = row.id.startsWith('nss:') ? likenessOf(row) : row;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined || group.length < FOLD_FROM ? group : [folded(first, group)];
  });
}

function folded<Shown extends Row>(first: Shown, group: readonly Shown[]): Shown {
  const [fix = '', ...others] = new Set(group.map(generalFix));
  return {
    ...first,
    id: `${dirname(first.id)}/*`,
    detail: `${group.length} profiles: ${generalDetail(first)}`,
    fix: others.length === 0 ? fix : `${fix}  # and so for ${others.length} others, which --json lists`,
  };
}

/** What stands in the same folder, in the same way, for the same root. */
function likenessOf(row: Row): string {
  return JSON.stringify([dirname(row.id), row.status, row.root.sha256, generalDetail(row)]);
}

const folderOf = ({ id }: Row): string => id.slice(id.indexOf(':') + 1);

const generalDetail = (row: Row): string => row.detail.replaceAll(folderOf(row), '...');

const generalFix = ({ id, fix }: Row): string =>
  fix.replaceAll(/--store ('[^']*'|\S+)/g, (flag) => (flag.includes(id) ? '--store nss' : flag));
