import { DevcaError } from '../errors/devca-error.ts';

/** A value of a manifest, with the line that it begins on. */
export type YamlNode =
  | { readonly kind: 'scalar'; readonly text: string; readonly line: number }
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, YamlNode>; readonly line: number }
  | { readonly kind: 'list'; readonly items: readonly YamlNode[]; readonly line: number };

/**
 * The part of YAML that manifests with Secrets are written in: block mappings and sequences, plain and quoted scalars,
 * block scalars, comments, several documents; and JSON. No anchors, tags or flow collections beyond `{}` and `[]`:
 * what is not understood is an error with its line, never a guess.
 */
export function parseSecretYaml(text: string, source: string): readonly YamlNode[] {
  if (/^\s*\{/.test(text)) return [parseJson(text, source)];
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
  const documents: YamlNode[] = [];
  let start = 0;
  for (let index = 0; index <= lines.length; index++) {
    const isEnd = index === lines.length || /^(---|\.\.\.)(\s|$)/.test(lines[index] ?? '');
    if (!isEnd) continue;
    const reader = new YamlReader(lines, start, index, source);
    const document = reader.readDocument();
    if (document !== undefined) documents.push(document);
    start = index + 1;
  }
  return documents;
}

const DEEPEST = 32;

class YamlReader {
  readonly #lines: readonly string[];
  readonly #end: number;
  readonly #source: string;
  #at: number;

  constructor(lines: readonly string[], start: number, end: number, source: string) {
    this.#lines = lines;
    this.#at = start;
    this.#end = end;
    this.#source = source;
  }

  readDocument(): YamlNode | undefined {
    if (this.#peek() === undefined) return undefined;
    const node = this.#block(0, 0);
    if (this.#peek() !== undefined) this.#fail('the indentation fits nothing above');
    return node;
  }

  /** The next line that says something, without moving past it. */
  #peek(): { indent: number; text: string } | undefined {
    while (this.#at < this.#end) {
      const line = this.#lines[this.#at] ?? '';
      const text = line.trimStart();
      if (text !== '' && !text.startsWith('#') && !line.startsWith('%')) {
        const indent = line.length - text.length;
        if (line.slice(0, indent).includes('\t')) this.#fail('a tab stands in the indentation');
        return { indent, text: text.trimEnd() };
      }
      this.#at++;
    }
    return undefined;
  }

  #block(least: number, depth: number): YamlNode {
    if (depth > DEEPEST) this.#fail(`it is nested more than ${DEEPEST} levels deep`);
    const first = this.#peek();
    const line = this.#at + 1;
    if (first === undefined || first.indent < least) return { kind: 'scalar', text: '', line };
    return isItem(first.text) ? this.#list(first.indent, depth) : this.#map(first.indent, depth);
  }

  #list(indent: number, depth: number): YamlNode {
    const line = this.#at + 1;
    const items: YamlNode[] = [];
    for (let next = this.#peek(); next?.indent === indent && isItem(next.text); next = this.#peek()) {
      const rest = next.text.slice(1).trimStart();
      const inner = indent + (next.text.length - rest.length);
      if (rest === '' || rest.startsWith('#')) {
        this.#at++;
        items.push(this.#block(indent + 1, depth + 1));
      } else if (keyOf(rest) !== undefined || isItem(rest)) {
        items.push(this.#inlineBlock(inner, rest, depth));
      } else {
        this.#at++;
        items.push(this.#scalar(rest, indent, this.#at));
      }
    }
    return { kind: 'list', items, line };
  }

  /** A mapping or sequence that begins behind the dash of an item: read as if the dash were a blank. */
  #inlineBlock(indent: number, rest: string, depth: number): YamlNode {
    return isItem(rest)
      ? this.#fail('sequences within a line are not read')
      : this.#map(indent, depth + 1, rest);
  }

  #map(indent: number, depth: number, firstText?: string): YamlNode {
    const line = this.#at + 1;
    const entries = new Map<string, YamlNode>();
    let text = firstText;
    for (;;) {
      if (text === undefined) {
        const next = this.#peek();
        if (next === undefined || next.indent !== indent || isItem(next.text)) break;
        text = next.text;
      }
      const key = keyOf(text) ?? this.#fail('a line is neither "key: value" nor an item of a sequence');
      if (entries.has(key.name)) this.#fail(`the key "${key.name}" is there twice`);
      this.#at++;
      entries.set(key.name, this.#value(key.rest, indent, depth));
      text = undefined;
    }
    return { kind: 'map', entries, line };
  }

  #value(rest: string, indent: number, depth: number): YamlNode {
    const line = this.#at;
    if (rest === '' || rest.startsWith('#')) {
      const next = this.#peek();
      if (next !== undefined && next.indent === indent && isItem(next.text))
        return this.#list(indent, depth + 1);
      return this.#block(indent + 1, depth + 1);
    }
    if (/^[|>][+-]?[1-9]?[+-]?(\s+#.*)?$/.test(rest)) return this.#blockScalar(rest, indent, line);
    return this.#scalar(rest, indent, line);
  }

  #scalar(first: string, indent: number, line: number): YamlNode {
    if (/^(\{\s*\}|\[\s*\])(\s+#.*)?$/.test(first)) return { kind: 'scalar', text: '', line };
    if (/^[&*!{[%@`]/.test(first)) this.#failAt(line, 'anchors, tags and flow collections are not read');
    let text = first;
    const isWhole = () => (/^["']/.test(first) ? quotedText(text) !== undefined : true);
    // A scalar goes on in the lines that are indented deeper, which a plain one may and a quoted one must.
    while (this.#at < this.#end) {
      const next = this.#lines[this.#at] ?? '';
      const isDeeper = next.length - next.trimStart().length > indent && next.trim() !== '';
      if (!isDeeper || (/^["']/.test(first) && isWhole())) break;
      text += ` ${next.trim()}`;
      this.#at++;
    }
    if (!/^["']/.test(first)) return { kind: 'scalar', text: text.replace(/\s+#.*$/, ''), line };
    const quoted = quotedText(text) ?? this.#failAt(line, 'a quoted text does not end');
    return { kind: 'scalar', text: quoted, line };
  }

  #blockScalar(header: string, indent: number, line: number): YamlNode {
    const lines: string[] = [];
    let own: number | undefined;
    for (; this.#at < this.#end; this.#at++) {
      const next = this.#lines[this.#at] ?? '';
      const depth = next.length - next.trimStart().length;
      if (next.trim() === '') lines.push('');
      else if (depth <= indent) break;
      else {
        own ??= depth;
        if (depth < own) this.#failAt(this.#at + 1, 'a line of a text is indented less than its first');
        lines.push(next.slice(own));
      }
    }
    const joined = lines.join(header.startsWith('>') ? ' ' : '\n');
    return { kind: 'scalar', text: `${joined.trimEnd()}\n`, line };
  }

  #fail(reason: string): never {
    return this.#failAt(Math.min(this.#at, this.#end - 1) + 1, reason);
  }

  #failAt(line: number, reason: string): never {
    throw new DevcaError('DEVCA_SECRET_INVALID', { source: this.#source, reason, line: Math.max(line, 1) });
  }
}

const isItem = (text: string): boolean => text === '-' || text.startsWith('- ');

function keyOf(text: string): { name: string; rest: string } | undefined {
  const match =
    /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s"'#[\]{},&*!|>%@`-](?:[^\s:]|:(?=\S))*)\s*:(?:\s+(.*))?$/.exec(
      text,
    );
  if (match === null) return undefined;
  const [, key = '', rest = ''] = match;
  return { name: /^["']/.test(key) ? (quotedText(key) ?? key) : key, rest: rest.trim() };
}

/** The text of a quoted scalar, or undefined where it does not end. A comment may follow it. */
function quotedText(text: string): string | undefined {
  const single = /^'((?:[^']|'')*)'(\s+#.*)?$/.exec(text);
  if (single !== null) return (single[1] ?? '').replaceAll("''", "'");
  const double = /^"((?:[^"\\]|\\.)*)"(\s+#.*)?$/.exec(text);
  if (double === null) return undefined;
  return (double[1] ?? '').replace(/\\(.)/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '\0' };

function parseJson(text: string, source: string): YamlNode {
  try {
    return jsonNode(JSON.parse(text), 0);
  } catch (cause) {
    const offset = Number(/position (\d+)/.exec((cause as Error).message)?.[1] ?? text.length);
    const line = text.slice(0, offset).split('\n').length;
    throw new DevcaError('DEVCA_SECRET_INVALID', { source, reason: 'it is not JSON', line }, { cause });
  }
}

function jsonNode(value: unknown, depth: number): YamlNode {
  const line = 1;
  if (Array.isArray(value) && depth < DEEPEST)
    return { kind: 'list', items: value.map((item) => jsonNode(item, depth + 1)), line };
  if (typeof value === 'object' && value !== null && depth < DEEPEST) {
    const entries = Object.entries(value).map(([key, item]) => [key, jsonNode(item, depth + 1)] as const);
    return { kind: 'map', entries: new Map(entries), line };
  }
  return { kind: 'scalar', text: value === null ? '' : String(value), line };
}
