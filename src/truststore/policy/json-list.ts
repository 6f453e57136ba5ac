/**
 * Changes to a list of texts somewhere in a JSON file that belongs to others: only the bytes of the item come and go, so
 * that taking out what was put in leaves the file as it was, in whatever order that is done.
 */

/** The texts of the list that these keys lead to; `undefined` where there is none. Throws a SyntaxError. */
export function readList(text: string, keys: readonly string[]): readonly string[] | undefined {
  let value: unknown = JSON.parse(text);
  for (const key of keys) value = isObject(value) ? value[key] : undefined;
  if (!Array.isArray(value)) return undefined;
  return value.filter((item) => typeof item === 'string');
}

/** The text with the item at the end of the list. Throws a SyntaxError, also where the keys lead to something else. */
export function addToList(text: string, keys: readonly string[], item: string): string {
  const [node, rest] = deepest(scan(text), keys);
  const [key, ...below] = rest;
  if (key === undefined) {
    if (node.kind !== 'array') throw new SyntaxError(`"${keys.join('.')}" is no list`);
    return insert(text, node, JSON.stringify(item));
  }
  if (node.kind !== 'object') throw new SyntaxError(`what should hold "${key}" is no object`);
  const value = below.reduceRight<unknown>((inner, name) => ({ [name]: inner }), [item]);
  return insert(text, node, `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
}

/** The text without the item, and without the list and what holds it where nothing else is in there. */
export function removeFromList(text: string, keys: readonly string[], item: string): string {
  const path = [scan(text)];
  for (const key of keys) {
    const next = path.at(-1)?.parts.findLast((part) => part.key === key)?.value;
    if (next === undefined) return text;
    path.push(next);
  }
  const list = path.at(-1);
  let index = list?.parts.findIndex(({ value }) => parsed(text, value) === item) ?? -1;
  if (index < 0) return text;
  for (let depth = path.length - 1; depth >= 0; depth--) {
    const node = path[depth];
    if (node === undefined) break;
    if (node.parts.length > 1 || depth === 0) return cut(text, node.parts, index);
    index = path[depth - 1]?.parts.findIndex(({ value }) => value === node) ?? -1;
  }
  return text;
}

interface Part {
  /** Where it begins: for a member of an object, at its key. */
  readonly start: number;
  readonly key: string | undefined;
  readonly value: Node;
}

interface Node {
  readonly kind: 'object' | 'array' | 'other';
  readonly start: number;
  readonly end: number;
  readonly parts: readonly Part[];
}

/** As far as the keys lead, and those that are left. */
function deepest(root: Node, keys: readonly string[]): readonly [Node, readonly string[]] {
  let node = root;
  for (const [index, key] of keys.entries()) {
    const next = node.parts.findLast((part) => part.key === key)?.value;
    if (next === undefined) return [node, keys.slice(index)];
    node = next;
  }
  return [node, []];
}

/** Behind the last part, with the space that stands before the first one. */
function insert(text: string, { start, parts }: Node, part: string): string {
  const [first] = parts;
  const last = parts.at(-1);
  if (first === undefined || last === undefined)
    return text.slice(0, start + 1) + part + text.slice(start + 1);
  const space = text.slice(start + 1, first.start);
  return `${text.slice(0, last.value.end)},${space}${part}${text.slice(last.value.end)}`;
}

function cut(text: string, parts: readonly Part[], index: number): string {
  const part = parts[index];
  if (part === undefined) return text;
  const from = parts[index - 1]?.value.end ?? part.start;
  const to = index === 0 ? (parts[1]?.start ?? part.value.end) : part.value.end;
  return text.slice(0, from) + text.slice(to);
}

const parsed = (text: string, { start, end }: Node): unknown => JSON.parse(text.slice(start, end));

/** Where everything stands. The text is known to be JSON, or a SyntaxError says that it is not. */
function scan(text: string): Node {
  JSON.parse(text);
  return nodeAt(skipSpace(text, 0), text);
}

/** No policy is nested so deep; a file that is would exhaust the stack. */
const DEEPEST = 200;

function nodeAt(start: number, text: string, depth = 0): Node {
  if (depth > DEEPEST) throw new SyntaxError(`it is nested more than ${DEEPEST} levels deep`);
  const opening = text[start];
  if (opening !== '{' && opening !== '[') {
    const end = opening === '"' ? stringEnd(start, text) : wordEnd(start, text);
    return { kind: 'other', start, end, parts: [] };
  }
  const parts: Part[] = [];
  let position = skipSpace(text, start + 1);
  while (text[position] !== '}' && text[position] !== ']') {
    const part =
      opening === '{'
        ? memberAt(position, text, depth)
        : { start: position, key: undefined, value: nodeAt(position, text, depth + 1) };
    parts.push(part);
    position = skipSpace(text, part.value.end);
    if (text[position] === ',') position = skipSpace(text, position + 1);
  }
  return { kind: opening === '{' ? 'object' : 'array', start, end: position + 1, parts };
}

function memberAt(start: number, text: string, depth: number): Part {
  const end = stringEnd(start, text);
  const colon = skipSpace(text, end);
  return {
    start,
    key: String(JSON.parse(text.slice(start, end))),
    value: nodeAt(skipSpace(text, colon + 1), text, depth + 1),
  };
}

function stringEnd(start: number, text: string): number {
  let position = start + 1;
  while (text[position] !== '"') position += text[position] === '\\' ? 2 : 1;
  return position + 1;
}

/** A number, or a word such as `true`. */
function wordEnd(start: number, text: string): number {
  const end = /[\s,\]}]|$/g;
  end.lastIndex = start;
  return end.exec(text)?.index ?? text.length;
}

function skipSpace(text: string, from: number): number {
  let position = from;
  while (/\s/.test(text[position] ?? '')) position++;
  return position;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
