import { type Tokens, tokenize } from './tokens.ts';

/** A wording as words, cut where anything may stand between. */
type Segments = readonly (readonly string[])[];

interface Node<Name> {
  readonly next: Map<string, Node<Name>>;
  /** Names whose first segment ends here, with the segments that must follow. */
  readonly names: { readonly name: Name; readonly rest: Segments }[];
}

/** A name in a text: words from `first` to `last`. */
export interface Occurrence<Name> {
  readonly name: Name;
  readonly first: number;
  readonly last: number;
}

/** As many words may stand in for `…`, on one line: a certificate can list that many names. */
const GAP_WORDS = 80;

/** Finds many wordings in one pass over a text. Its time grows with the text alone. */
export class NameIndex<Name> {
  readonly #root: Node<Name> = { next: new Map(), names: [] };

  add(wording: string, name: Name): void {
    const [first = [], ...rest] = segmentsOf(wording);
    let node = this.#root;
    for (const word of first) {
      const known = node.next.get(word);
      const next = known ?? { next: new Map(), names: [] };
      if (known === undefined) node.next.set(word, next);
      node = next;
    }
    node.names.push({ name, rest });
  }

  /** Every name in the text but those that lie within a longer one. */
  find(tokens: Tokens): Occurrence<Name>[] {
    const found: Occurrence<Name>[] = [];
    for (let first = 0; first < tokens.words.length; first += 1) {
      let node = this.#root.next.get(tokens.words[first] ?? '');
      for (let last = first; node !== undefined; last += 1) {
        for (const { name, rest } of node.names) {
          const end = endOfRest(tokens, last, rest);
          if (end !== undefined) found.push({ name, first, last: end });
        }
        node = node.next.get(tokens.words[last + 1] ?? '');
      }
    }
    return outermost(found);
  }
}

/** The words of a wording in one form, so that two spellings of one name can be recognised as such. */
export const wordKey = (wording: string): string =>
  segmentsOf(wording)
    .map((words) => words.join(' '))
    .join(' … ');

function segmentsOf(wording: string): Segments {
  return wording
    .split('…')
    .map((segment) => tokenize(segment).words)
    .filter((words) => words.length > 0);
}

function endOfRest(tokens: Tokens, last: number, rest: Segments): number | undefined {
  let end = last;
  for (const segment of rest) {
    const start = startOfSegment(tokens, end + 1, segment);
    if (start === undefined) return undefined;
    end = start + segment.length - 1;
  }
  return end;
}

function startOfSegment(tokens: Tokens, from: number, segment: readonly string[]): number | undefined {
  const line = tokens.lines[from];
  for (let at = from; at < from + GAP_WORDS && tokens.lines[at] === line; at += 1) {
    if (segment.every((word, offset) => tokens.words[at + offset] === word)) return at;
  }
  return undefined;
}

/** A name within a longer name is a part of that one's wording, not a finding of its own. */
function outermost<Name>(found: Occurrence<Name>[]): Occurrence<Name>[] {
  const ordered = [...found].sort((a, b) => a.first - b.first || b.last - a.last);
  let reach = -1;
  let start = -1;
  return ordered.filter(({ first, last }) => {
    const inside = last < reach || (last === reach && first > start);
    if (last > reach) {
      reach = last;
      start = first;
    }
    return !inside;
  });
}
