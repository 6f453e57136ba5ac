import { DevcaError } from '../errors/devca-error.ts';

/** A place in a text, both from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** A JSON text with where its members stand. */
export interface JsonDocument {
  readonly value: unknown;
  /** Of a member of the outermost object, or of one element of the list that it is. */
  placeOf(member: string, element?: number): TextPlace | undefined;
}

/** Deeper than any profile. */
const DEEPEST = 8;

/**
 * Reads JSON (RFC 8259) and remembers places, which the runtime's parser does not. Stricter in one thing: a member that
 * is there twice is refused. Throws DEVCA_PROFILE_INVALID with line and column.
 */
export function parseJsonDocument(given: string, source: string): JsonDocument {
  // Editors of Windows begin files with a byte order mark, which section 8.1 lets parsers ignore.
  const text = given.replace(/^\uFEFF/, '');
  const reader = new JsonReader(text, source);
  const value = reader.readAll();
  return {
    value,
    placeOf: (member, element) => {
      const offset = reader.offsets.get(pathOf(member, element));
      return offset === undefined ? undefined : placeAt(text, offset);
    },
  };
}

const pathOf = (member: string, element?: number): string =>
  JSON.stringify(element === undefined ? [member] : [member, element]);

function placeAt(text: string, offset: number): TextPlace {
  const before = text.slice(0, offset).split(/\r\n|\n|\r/);
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

class JsonReader {
  /** Of values, by their paths. */
  readonly offsets = new Map<string, number>();
  readonly #text: string;
  readonly #source: string;
  #at = 0;

  constructor(text: string, source: string) {
    this.#text = text;
    this.#source = source;
  }

  readAll(): unknown {
    const value = this.#value([]);
    this.#skipBlanks();
    if (this.#at < this.#text.length) this.#fail('something follows its end');
    return value;
  }

  #value(path: readonly (string | number)[]): unknown {
    this.#skipBlanks();
    this.offsets.set(JSON.stringify(path), this.#at);
    if (path.length > DEEPEST) this.#fail('it is nested too deeply');
    if (this.#take('{')) return this.#object(path);
    if (this.#take('[')) return this.#list(path);
    return this.#scalar(/"(?:[^"\\\u0000-\u001f]|\\.)*"|-?\d[\d.eE+-]*|true|false|null/y, 'a value');
  }

  #object(path: readonly (string | number)[]): Record<string, unknown> {
    const members = new Map<string, unknown>();
    if (this.#takeAfterBlanks('}')) return {};
    do {
      this.#skipBlanks();
      const at = this.#at;
      const name = String(this.#scalar(/"(?:[^"\\\u0000-\u001f]|\\.)*"/y, 'a name in double quotes'));
      if (members.has(name)) this.#fail(`"${name}" is there twice`, at);
      if (!this.#takeAfterBlanks(':')) this.#fail('a ":" is missing');
      members.set(name, this.#value([...path, name]));
    } while (this.#takeAfterBlanks(','));
    if (!this.#takeAfterBlanks('}')) this.#fail('a "," or "}" is missing');
    return Object.fromEntries(members);
  }

  #list(path: readonly (string | number)[]): unknown[] {
    const elements: unknown[] = [];
    if (this.#takeAfterBlanks(']')) return elements;
    do elements.push(this.#value([...path, elements.length]));
    while (this.#takeAfterBlanks(','));
    if (!this.#takeAfterBlanks(']')) this.#fail('a "," or "]" is missing');
    return elements;
  }

  /** What matches is small, so the runtime's parser may judge and read it. */
  #scalar(pattern: RegExp, what: string): unknown {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    if (found === undefined) this.#fail(`${what} is missing`);
    try {
      const value: unknown = JSON.parse(found);
      this.#at += found.length;
      return value;
    } catch {
      this.#fail(`${found.slice(0, 40)} is not JSON`);
    }
  }

  #takeAfterBlanks(character: string): boolean {
    this.#skipBlanks();
    return this.#take(character);
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #skipBlanks(): void {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #fail(reason: string, at = this.#at): never {
    const place = placeAt(this.#text, at);
    throw new DevcaError('DEVCA_PROFILE_INVALID', { source: this.#source, reason, ...place });
  }
}
