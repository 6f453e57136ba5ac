import type { FaultCode, FoundName, SharedNames } from './fault.ts';
import { type NamedWording, wordings } from './fault-table.ts';
import { NameIndex, wordKey } from './name-index.ts';
import { CLIENT_SPEAKERS, CLIENT_WORDINGS, SERVER_SPEAKERS, SERVER_WORDINGS } from './sides.ts';
import { tokenize } from './tokens.ts';

export interface NameInText {
  readonly meaning: FaultCode | SharedNames;
  readonly found: FoundName;
}

export interface NamesInText {
  readonly names: readonly NameInText[];
  /** Whose log it is, where the text shows that and does not contradict itself. */
  readonly side: Side | undefined;
}

/** Whose log a text is. */
export type Side = 'server' | 'client';

interface Indexes {
  readonly names: NameIndex<readonly NamedWording[]>;
  readonly sides: NameIndex<Side>;
}

/** More text than this is cut in the middle: what went wrong stands at the beginning or at the end. */
const TEXT_LIMIT = 16 * 1024 * 1024;
/** A text is read in pieces that end at a line break where there is one. */
const PIECE_LENGTH = 512 * 1024;
/** Pieces of one long line overlap by this much, the length of the longest message. */
const OVERLAP = 2 * 1024;
const EXCERPT_LENGTH = 160;

let built: Indexes | undefined;

/** Every name of the table in a text, each once, in the order of the text. */
export function findNames(text: string): NamesInText {
  built ??= buildIndexes();
  const found = new Map<readonly NamedWording[], number>();
  const sides = new Set<Side>();
  for (const { start, end } of piecesOf(text)) {
    const tokens = tokenize(text.slice(start, end));
    for (const { name, first } of built.names.find(tokens)) {
      if (!found.has(name)) found.set(name, start + (tokens.starts[first] ?? 0));
    }
    for (const { name } of built.sides.find(tokens)) sides.add(name);
  }
  for (const same of found.keys()) {
    const side = sideOf(same);
    if (side !== undefined) sides.add(side);
  }
  const lineOf = lineCounter(text);
  return {
    names: [...found]
      .sort(([, a], [, b]) => a - b)
      .flatMap(([same, at]) => nameAt(same, text, at, lineOf(at))),
    side: sides.size === 1 ? [...sides][0] : undefined,
  };
}

/** Browsers and the like are always clients, whatever else uses the same words. */
function sideOf(same: readonly NamedWording[]): Side | undefined {
  if (same.every(({ by }) => CLIENT_SPEAKERS.has(by))) return 'client';
  return same.every(({ by }) => SERVER_SPEAKERS.has(by)) ? 'server' : undefined;
}

function buildIndexes(): Indexes {
  const byKey = new Map<string, NamedWording[]>();
  for (const wording of wordings) {
    const key = wordKey(wording.text);
    byKey.set(key, [...(byKey.get(key) ?? []), wording]);
  }
  const names = new NameIndex<readonly NamedWording[]>();
  for (const [key, same] of byKey) names.add(key, same);
  const sides = new NameIndex<Side>();
  for (const wording of SERVER_WORDINGS) sides.add(wording, 'server');
  for (const wording of CLIENT_WORDINGS) sides.add(wording, 'client');
  return { names, sides };
}

function nameAt(same: readonly NamedWording[], text: string, at: number, line: number): NameInText[] {
  const [first] = same;
  if (first === undefined) return [];
  const evidence = same.some((one) => one.evidence === 'observed') ? 'observed' : 'documented';
  const by = [...new Set(same.map((one) => one.by))];
  return [
    { meaning: first.meaning, found: { text: first.text, by, evidence, excerpt: excerptAt(text, at), line } },
  ];
}

function* piecesOf(text: string): Generator<{ start: number; end: number }> {
  const half = TEXT_LIMIT / 2;
  const parts =
    text.length <= TEXT_LIMIT
      ? [[0, text.length] as const]
      : [[0, half] as const, [text.length - half, text.length] as const];
  for (const [from, to] of parts) {
    let start = from;
    while (start < to) {
      const wanted = Math.min(start + PIECE_LENGTH, to);
      const lineEnd = wanted === to ? to : text.lastIndexOf('\n', wanted) + 1;
      const end = lineEnd > start ? lineEnd : wanted;
      yield { start, end };
      start = end === to || end === lineEnd ? end : end - OVERLAP;
    }
  }
}

/** Numbers of lines for positions that only grow. */
function lineCounter(text: string): (at: number) => number {
  let line = 1;
  let counted = 0;
  return (at) => {
    for (
      let next = text.indexOf('\n', counted);
      next !== -1 && next < at;
      next = text.indexOf('\n', counted)
    ) {
      line += 1;
      counted = next + 1;
    }
    return line;
  };
}

/** The line around a name, without colour codes, at most so long and beginning near the name. */
function excerptAt(text: string, at: number): string {
  const lineStart = text.lastIndexOf('\n', at) + 1;
  const start = at - lineStart < EXCERPT_LENGTH / 2 ? lineStart : at;
  const lineEnd = text.indexOf('\n', at);
  const line = text.slice(start, Math.min(lineEnd === -1 ? text.length : lineEnd, start + EXCERPT_LENGTH));
  return line.replace(/\u001b\[[0-?]*[@-~]?/g, '').trim();
}
