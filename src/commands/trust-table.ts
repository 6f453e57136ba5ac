import { openAuthority } from '../authority/open-authority.ts';
import type { CommandStatus } from '../cli/command.ts';
import type { Output, Style } from '../cli/output.ts';
import { formatTable } from '../cli/table.ts';
import { commonNameOf } from '../pki/name.ts';
import { forShell } from '../platform/escape.ts';
import { homeOf } from '../platform/paths.ts';
import type { World } from '../platform/world.ts';
import type { StoreRow } from '../truststore/trust.ts';
import { buildTrustAnchor, type TrustAnchor } from '../truststore/trust-anchor.ts';
import type { TrustStatus } from '../truststore/trust-store.ts';

/** The root of the authority in a home, as stores want it. Throws DEVCA_AUTHORITY_MISSING. */
export function trustAnchorOf(homeFlag: string | undefined, world: World): TrustAnchor {
  const { certificate } = openAuthority(homeOf(homeFlag, world.system), world).root;
  return buildTrustAnchor(certificate.der, commonNameOf(certificate.subject) ?? '');
}

const STYLES: Readonly<Record<TrustStatus, Style>> = {
  trusted: 'green',
  'not-trusted': 'red',
  'different-root': 'red',
  partial: 'yellow',
  'tool-missing': 'yellow',
  permission: 'yellow',
  unknown: 'yellow',
  unsupported: 'dim',
};

/** One line for each store. */
export function formatStores(rows: readonly StoreRow[], output: Pick<Output, 'style'>): string {
  return formatTable(
    ['STORE', 'STATUS', 'DETAIL'],
    rows.map(({ id, status, detail }) => [id, { text: status, style: STYLES[status] }, detail]),
    output,
  );
}

/** As `formatStores`, and below it the commands that mend what is wrong. */
export function formatStoresWithFixes(rows: readonly StoreRow[], output: Pick<Output, 'style'>): string {
  const fixes = [...new Set(rows.map(({ fix }) => fix).filter((fix) => fix !== ''))];
  const table = formatStores(rows, output);
  return fixes.length === 0 ? table : `${table}\n\nto mend it:\n${fixes.map((fix) => `  ${fix}`).join('\n')}`;
}

/** Rows whose commands name the authority's home, where that is not the default one. */
export function withHome<Row extends StoreRow>(
  rows: readonly Row[],
  home: string | undefined,
): readonly Row[] {
  if (home === undefined) return rows;
  return rows.map((row) => ({
    ...row,
    fix: row.fix.replaceAll(/\bdevca trust (\w+)/g, `devca trust $1 --home ${forShell(home)}`),
  }));
}

/** 0 all that exist trust the root, 4 some don't, 5 some could not be asked. */
export function statusOfStores(rows: readonly StoreRow[]): CommandStatus {
  const has = (...statuses: TrustStatus[]): boolean => rows.some(({ status }) => statuses.includes(status));
  if (has('tool-missing', 'permission', 'unknown')) return 5;
  return has('not-trusted', 'different-root', 'partial') ? 4 : 0;
}
