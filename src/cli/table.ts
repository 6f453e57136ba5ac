import { forTerminal } from '../platform/escape.ts';
import type { Output, Style } from './output.ts';

/** One cell: its text is escaped here, so foreign strings may be passed as they are. */
export type Cell = string | { readonly text: string; readonly style: Style };

/** Below that the last column is of no use on a terminal. */
const NARROWEST_COLUMN = 12;

/**
 * Columns separated by two blanks, with a heading; the last column is not padded. On a terminal that is too narrow, the
 * last column is wrapped at its blanks, and where it has no place at all each row is a block of lines.
 */
export function formatTable(
  heading: readonly string[],
  rows: readonly (readonly Cell[])[],
  output: Pick<Output, 'style'> & Partial<Pick<Output, 'columns'>>,
): string {
  const texts = rows.map((row) =>
    row.map((cell) => forTerminal(typeof cell === 'string' ? cell : cell.text)),
  );
  const widths = heading.map((title, column) =>
    Math.max(title.length, ...texts.map((row) => row[column]?.length ?? 0)),
  );
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  const left = (output.columns ?? Number.POSITIVE_INFINITY) - before;
  if (left < NARROWEST_COLUMN && left < (widths.at(-1) ?? 0)) return blocks(heading, rows, output);
  const pad = (text: string, column: number, count: number): string =>
    column === count - 1 ? text : text.padEnd((widths[column] ?? 0) + 2);
  const head = heading
    .map((title, column) => output.style('bold', pad(title, column, heading.length)))
    .join('');
  const lines = rows.map((row, index) => {
    const cells = row.map((cell, column) => {
      const isLast = column === row.length - 1;
      const text = texts[index]?.[column] ?? '';
      const padded = isLast
        ? wrapWords(text, left).join(`\n${' '.repeat(before)}`)
        : pad(text, column, row.length);
      return typeof cell === 'string' ? padded : output.style(cell.style, padded);
    });
    return cells.join('').trimEnd();
  });
  return [head.trimEnd(), ...lines].join('\n');
}

/** Each row as `HEADING  value` lines, with an empty line between rows. */
function blocks(
  heading: readonly string[],
  rows: readonly (readonly Cell[])[],
  { style }: Pick<Output, 'style'>,
): string {
  const width = Math.max(...heading.map(({ length }) => length)) + 2;
  const line = (cell: Cell, column: number): string => {
    const text = forTerminal(typeof cell === 'string' ? cell : cell.text);
    const label = style('bold', (heading[column] ?? '').padEnd(width));
    return text === '' ? '' : `${label}${typeof cell === 'string' ? text : style(cell.style, text)}`;
  };
  return rows
    .map((row) =>
      row
        .map(line)
        .filter((text) => text !== '')
        .join('\n'),
    )
    .join('\n\n');
}

/** At blanks alone, so that a path or a number that is longer stays one word. */
function wrapWords(text: string, width: number): readonly string[] {
  if (text.length <= width) return [text];
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
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
