import { openGenerations } from '../authority/generations.ts';
import { placeWords } from '../authority/place-flags.ts';
import type { CommandStatus, Flags } from '../cli/command.ts';
import type { Output, Style } from '../cli/output.ts';
import { formatTable } from '../cli/table.ts';
import { forShell } from '../platform/escape.ts';
import { homeOf } from '../platform/paths.ts';
import type { World } from '../platform/world.ts';
import type { StoreRow } from '../truststore/trust.ts';
import { type TrustAnchor, trustAnchorOf } from '../truststore/trust-anchor.ts';
import type { TrustStatus } from '../truststore/trust-store.ts';
import { foldProfiles } from './trust-folding.ts';

/** The flags of every command that asks stores or changes them. */
export const STORE_FLAGS = {
  store: {
    type: 'list',
    value: 'STORE',
    describe: 'only this store or kind of store, such as system or nss',
  },
  authority: { type: 'string', value: 'NAME', describe: 'whose root (default: the default authority)' },
} as const satisfies Flags;

/** Which authority a command is about. */
export interface AuthorityFlags {
  readonly home: string | undefined;
  readonly authority: string | undefined;
  /** A file that the roots came from instead. */
  readonly from?: string | undefined;
}

/**
 * The roots of an authority as stores want them, latest first: those of all generations that are not retired, since
 * certificates of each are still in use. Throws DEVCA_AUTHORITY_MISSING and DEVCA_AUTHORITY_UNKNOWN.
 */
export function trustAnchorsOf({ home, authority }: AuthorityFlags, world: World): readonly TrustAnchor[] {
  return openGenerations(homeOf(home, world.system), world, authority).map(({ root }) =>
    trustAnchorOf(root.certificate),
  );
}

/** What a store says about one of several roots. */
export interface AnchoredRow extends StoreRow {
  readonly root: RowRoot;
}

interface RowRoot {
  readonly name: string;
  readonly sha256: string;
  /** Whether an authority of this home has it; others came from elsewhere. */
  readonly own: boolean;
}

export const withRoot =
  ({ name, sha256 }: TrustAnchor, own = true) =>
  <Row extends StoreRow>(row: Row): Row & AnchoredRow => ({ ...row, root: { name, sha256, own } });

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

/** One line for each store; with several roots, one for each store and root. */
export function formatStores(rows: readonly AnchoredRow[], output: Pick<Output, 'style'>): string {
  const roots = new Map(rows.map(({ root }) => [root.sha256, root.name]));
  const isOne = roots.size <= 1;
  const names = [...roots.values()];
  const isShared = (name: string): boolean => names.filter((each) => each === name).length > 1;
  const titleOf = ({ name, sha256, own }: RowRoot): string =>
    own && !isShared(name) ? name : `${name} (${sha256.slice(0, 16)})`;
  return formatTable(
    ['STORE', 'STATUS', ...(isOne ? [] : ['ROOT']), 'DETAIL'],
    foldProfiles(rows).map(({ id, status, detail, root }) => [
      id,
      { text: status, style: STYLES[status] },
      ...(isOne ? [] : [titleOf(root)]),
      detail,
    ]),
    output,
  );
}

/** As `formatStores`, and below it the commands that mend what is wrong. */
export function formatStoresWithFixes(rows: readonly AnchoredRow[], output: Pick<Output, 'style'>): string {
  return formatStores(rows, output) + mendingText(foldProfiles(rows).map(({ fix }) => fix));
}

/** What stands below a table: the commands that mend what is wrong, each once; empty without any. */
export function mendingText(fixes: readonly string[]): string {
  const lines = [...new Set(fixes)].filter((fix) => fix !== '').map((fix) => `  ${fix}`);
  return lines.length === 0 ? '' : `\n\nto mend it:\n${lines.join('\n')}`;
}

/** Rows whose commands name the home and the authority, where those are not the default ones. */
export function withPlace<Row extends StoreRow>(
  rows: readonly Row[],
  flags: AuthorityFlags,
  world: World,
): readonly Row[] {
  const { from } = flags;
  const place = placeWords(flags, world);
  return rows.map((row) => ({
    ...row,
    fix: row.fix
      .replaceAll(/\bdevca trust (\w+)/g, `devca trust $1${place}`)
      .replaceAll(/\bdevca trust install\b/g, from === undefined ? '$&' : `$& --from ${forShell(from)}`),
  }));
}

/** The flag that names a root in a command. */
export const fingerprintFlag = ({ sha256 }: Pick<TrustAnchor, 'sha256'>): string =>
  ` --sha256 ${sha256.slice(0, 16)}`;

/** In commands that take out a root which is not, or not all of, that of an authority here, it is named by its fingerprint. */
export const byFingerprint = (fix: string, root: Pick<TrustAnchor, 'sha256'>): string =>
  fix.replaceAll(/\bdevca trust uninstall\b/g, `$&${fingerprintFlag(root)}`);

/** 0 all that exist trust the root, 4 some don't, 5 some could not be asked. */
export function statusOfStores(rows: readonly StoreRow[]): CommandStatus {
  const has = (...statuses: TrustStatus[]): boolean => rows.some(({ status }) => statuses.includes(status));
  if (has('tool-missing', 'permission', 'unknown')) return 5;
  return has('not-trusted', 'different-root', 'partial') ? 4 : 0;
}
