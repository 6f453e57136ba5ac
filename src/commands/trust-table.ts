import { openAuthority } from '../authority/open-authority.ts';
import type { CommandStatus } from '../cli/command.ts';
import type { Output, Style } from '../cli/output.ts';
import { formatTable } from '../cli/table.ts';
import { commonNameOf } from '../pki/name.ts';
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

/** One line for each store, and below it the commands that mend what is wrong. */
export function formatStores(rows: readonly StoreRow[], output: Pick<Output, 'style'>): string {
  const table = formatTable(
    ['STORE', 'STATUS', 'DETAIL'],
    rows.map(({ id, status, detail }) => [id, { text: status, style: STYLES[status] }, detail]),
    output,
  );
  const fixes = [...new Set(rows.map(({ fix }) => fix).filter((fix) => fix !== ''))];
  return fixes.length === 0 ? table : `${table}\n\nto mend it:\n${fixes.map((fix) => `  ${fix}`).join('\n')}`;
}

/** 0 all that exist trust the root, 4 some don't, 5 some could not be asked. */
export function statusOfStores(rows: readonly StoreRow[]): CommandStatus {
  const has = (...statuses: TrustStatus[]): boolean => rows.some(({ status }) => statuses.includes(status));
  if (has('tool-missing', 'permission', 'unknown')) return 5;
  return has('not-trusted', 'different-root', 'partial') ? 4 : 0;
}
