import { forTerminal } from '../platform/escape.ts';
import type { Output, Style } from './output.ts';

/** One cell: its text is escaped here, so foreign strings may be passed as they are. */
export type Cell = string | { readonly text: string; readonly style: Style };

/** Columns separated by two blanks, with a heading; the last column is not padded. */
export function formatTable(
  heading: readonly string[],
  rows: readonly (readonly Cell[])[],
  output: Pick<Output, 'style'>,
): string {
  const texts = rows.map((row) =>
    row.map((cell) => forTerminal(typeof cell === 'string' ? cell : cell.text)),
  );
  const widths = heading.map((title, column) =>
    Math.max(title.length, ...texts.map((row) => row[column]?.length ?? 0)),
  );
  const pad = (text: string, column: number, count: number): string =>
    column === count - 1 ? text : text.padEnd((widths[column] ?? 0) + 2);
  const head = heading
    .map((title, column) => output.style('bold', pad(title, column, heading.length)))
    .join('');
  const lines = rows.map((row, index) =>
    row
      .map((cell, column) => {
        const padded = pad(texts[index]?.[column] ?? '', column, row.length);
        return typeof cell === 'string' ? padded : output.style(cell.style, padded);
      })
      .join('')
      .trimEnd(),
  );
  return [head.trimEnd(), ...lines].join('\n');
}

/** `label  value` lines, the labels padded to one width; an empty value is left out. */
export function formatFields(
  fields: readonly (readonly [string, string | undefined])[],
  indent = '',
): string {
  const present = fields.filter((field): field is readonly [string, string] => (field[1] ?? '') !== '');
  const width = Math.max(0, ...present.map(([label]) => label.length));
  return present
    .map(([label, value]) => `${indent}${label.padEnd(width + 2)}${forTerminal(value)}`)
    .join('\n');
}
