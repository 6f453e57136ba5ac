import { forTerminal } from '../platform/escape.ts';
import type { Output, Style } from './output.ts';

/** One cell: its text is escaped here, so foreign strings may be passed as they are. */
export type Cell = string | { readonly text: string; readonly style: Style };

/** On a terminal narrower than this, a table that does not fit is of no use. */
const NARROW = 60;

/** Below that the last column is not wrapped: the terminal does it better. */
const NARROWEST_COLUMN = 12;

/**
 * Columns separated by two blanks, with a heading; the last column is not padded. On a terminal that is too narrow for
 * it, the widest column and the last are wrapped at their blanks; on a very narrow one each row is a block of lines.
 */
export function formatTable(
  heading: readonly string[],
  rows: readonly (readonly Cell[])[],
  output: Pick<Output, 'style' | 'columns'>,
): string {
  const { columns = Number.POSITIVE_INFINITY } = output;
  const texts = rows.map((row) => row.map(textOf));
  const natural = heading.map((title, column) =>
    texts.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), title.length),
  );
  const leftBeside = (widths: readonly number[]): number =>
    columns - sum(widths.slice(0, -1)) - 2 * (widths.length - 1);
  const isTight = leftBeside(natural) < Math.min(NARROWEST_COLUMN, natural.at(-1) ?? 0);
  if (isTight && columns < NARROW) return blocks(heading, rows, output);
  const widths = isTight ? narrowed(natural, heading, texts, columns) : natural;
  const left = leftBeside(widths);
  const widthOf = (column: number): number =>
    column < heading.length - 1
      ? (widths[column] ?? 0)
      : left < NARROWEST_COLUMN
        ? Number.POSITIVE_INFINITY
        : left;
  const pad = (text: string, column: number): string =>
    column === heading.length - 1 ? text : text.padEnd((widths[column] ?? 0) + 2);
  const head = heading.map((title, column) => output.style('bold', pad(title, column))).join('');
  const lines = rows.flatMap((row, index) => {
    const cells = row.map((_, column) => wrapWords(texts[index]?.[column] ?? '', widthOf(column)));
    const height = Math.max(...cells.map(({ length }) => length));
    return Array.from({ length: height }, (_, line) =>
      row
        .map((cell, column) => {
          const padded = pad(cells[column]?.[line] ?? '', column);
          return typeof cell === 'string' ? padded : output.style(cell.style, padded);
        })
        .join('')
        .trimEnd(),
    );
  });
  return [head.trimEnd(), ...lines].join('\n');
}

const textOf = (cell: Cell): string => forTerminal(typeof cell === 'string' ? cell : cell.text);

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** The widest column but the last gives what is missing, as far as its longest word lets it. */
function narrowed(
  widths: readonly number[],
  heading: readonly string[],
  texts: readonly (readonly string[])[],
  columns: number,
): readonly number[] {
  const missing = sum(widths) + 2 * (widths.length - 1) - columns;
  const widest = widths.slice(0, -1).indexOf(Math.max(...widths.slice(0, -1)));
  const words = [heading[widest] ?? '', ...texts.flatMap((row) => (row[widest] ?? '').split(' '))];
  // No spread: there may be more rows than a function takes arguments.
  const least = words.reduce((most, { length }) => Math.max(most, length), 0);
  return widths.map((width, column) => (column === widest ? Math.max(least, width - missing) : width));
}

/** Each row as `HEADING  value` lines, with an empty line between rows. */
function blocks(
  heading: readonly string[],
  rows: readonly (readonly Cell[])[],
  { style }: Pick<Output, 'style'>,
): string {
  const width = Math.max(...heading.map(({ length }) => length)) + 2;
  const line = (cell: Cell, column: number): string => {
    const text = textOf(cell);
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
