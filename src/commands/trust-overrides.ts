import { placeWords } from '../authority/place-flags.ts';
import type { Output, Style } from '../cli/output.ts';
import { formatTable } from '../cli/table.ts';
import type { World } from '../platform/world.ts';
import { type OverridingVariable, overridingVariables } from '../runtimes/overriding-variables.ts';
import type { TrustAnchor } from '../truststore/trust-anchor.ts';
import { mendingText } from './trust-table.ts';

/** The variables of this environment that stand above the stores or beside them. */
export const variablesAbove = (
  anchors: readonly TrustAnchor[],
  home: string | undefined,
  world: World,
): readonly OverridingVariable[] =>
  overridingVariables(
    anchors.map(({ sha256 }) => sha256),
    world,
    `devca env${placeWords({ home }, world)}`,
  );

const STYLES: Readonly<Record<OverridingVariable['status'], Style>> = {
  trusted: 'green',
  'not-trusted': 'red',
  unreadable: 'yellow',
  'verification-off': 'red',
};

/** One line for each variable, and below them what mends those that are in the way; empty without any. */
export function formatVariables(
  variables: readonly OverridingVariable[],
  output: Pick<Output, 'style'>,
): string {
  if (variables.length === 0) return '';
  const table = formatTable(
    ['VARIABLE', 'STATUS', 'DETAIL'],
    variables.map(({ variable, status, detail }) => [
      variable,
      { text: status, style: STYLES[status] },
      detail,
    ]),
    output,
  );
  const mending = mendingText(variables.map(({ fix }) => fix));
  return `\n\nvariables of this environment that stand above the stores:\n${table}${mending}`;
}
