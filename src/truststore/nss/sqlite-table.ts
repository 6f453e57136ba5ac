/** The cells of one row, by column name; only text and blobs, as bytes. */
export type SqliteRow = ReadonlyMap<string, Uint8Array>;

/**
 * The rows of a table of an SQLite file, read from its bytes alone (https://www.sqlite.org/fileformat2.html), for tables
 * whose columns are declared by their names only. `undefined` where the bytes are no such file, or are damaged.
 */
export function readSqliteTable(bytes: Uint8Array, table: string): readonly SqliteRow[] | undefined {
  try {
    const file = openFile(bytes);
    for (const [, name, , root, sql] of cellsBelow(1, file)) {
      if (name === undefined || root === undefined || text(name) !== table) continue;
      const columns = columnNames(text(sql));
      return [...cellsBelow(integer(root), file)].map((cells) => namedCells(columns, cells));
    }
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

interface SqliteFile {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly pageSize: number;
  /** What of a page is in use. */
  readonly usable: number;
}

type Cell = Uint8Array | undefined;

const LEAF = 0x0d;
const INTERIOR = 0x05;
const MAX_DEPTH = 20;

function openFile(bytes: Uint8Array): SqliteFile {
  if (text(bytes.subarray(0, 16)) !== 'SQLite format 3\0') throw new RangeError('not an SQLite file');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const declared = view.getUint16(16);
  const pageSize = declared === 1 ? 65_536 : declared;
  if (pageSize < 512) throw new RangeError('page size');
  return { bytes, view, pageSize, usable: pageSize - view.getUint8(20) };
}

function* cellsBelow(page: number, file: SqliteFile, depth = 0): Generator<readonly Cell[]> {
  if (depth > MAX_DEPTH) throw new RangeError('depth');
  const { view, pageSize } = file;
  const start = pageStart(page, file);
  const header = start + (page === 1 ? 100 : 0);
  const kind = view.getUint8(header);
  if (kind !== LEAF && kind !== INTERIOR) throw new RangeError('kind of page');
  const count = view.getUint16(header + 3);
  if (count * 2 > pageSize) throw new RangeError('number of cells');
  const pointers = header + (kind === LEAF ? 8 : 12);
  for (let index = 0; index < count; index++) {
    const cell = start + view.getUint16(pointers + 2 * index);
    if (kind === LEAF) yield recordAt(cell, file);
    else yield* cellsBelow(view.getUint32(cell), file, depth + 1);
  }
  if (kind === INTERIOR) yield* cellsBelow(view.getUint32(header + 8), file, depth + 1);
}

function recordAt(cell: number, file: SqliteFile): readonly Cell[] {
  const [length, afterLength] = varint(cell, file.bytes);
  const [, start] = varint(afterLength, file.bytes);
  const payload = payloadAt(start, length, file);
  const [headerLength, first] = varint(0, payload);
  const cells: Cell[] = [];
  let position = headerLength;
  for (let offset = first; offset < headerLength; ) {
    const [type, next] = varint(offset, payload);
    const size = sizeOf(type);
    if (position + size > payload.length) throw new RangeError('cell');
    cells.push(type === 0 ? undefined : payload.subarray(position, position + size));
    position += size;
    offset = next;
  }
  return cells;
}

/** What does not fit into its page goes on in a chain of others. */
function payloadAt(start: number, length: number, { bytes, view, ...file }: SqliteFile): Uint8Array {
  if (length > bytes.length) throw new RangeError('payload');
  const { usable } = file;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const odd = least + ((length - least) % (usable - 4));
  const local = length <= usable - 35 ? length : odd <= usable - 35 ? odd : least;
  if (start + local > bytes.length) throw new RangeError('payload');
  const payload = new Uint8Array(length);
  payload.set(bytes.subarray(start, start + local));
  let filled = local;
  let page = filled < length ? view.getUint32(start + local) : 0;
  while (filled < length) {
    const from = pageStart(page, { bytes, view, ...file });
    const size = Math.min(length - filled, usable - 4);
    payload.set(bytes.subarray(from + 4, from + 4 + size), filled);
    filled += size;
    page = view.getUint32(from);
  }
  return payload;
}

function pageStart(page: number, { bytes, pageSize }: SqliteFile): number {
  const start = (page - 1) * pageSize;
  if (page < 1 || start + pageSize > bytes.length) throw new RangeError('page');
  return start;
}

/** A big-endian number of seven bits a byte, and the position behind it. */
function varint(position: number, bytes: Uint8Array): readonly [value: number, next: number] {
  let value = 0;
  for (let index = 0; index < 9; index++) {
    const byte = bytes[position + index];
    if (byte === undefined) throw new RangeError('varint');
    if (index === 8) return [value * 256 + byte, position + 9];
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return [value, position + index + 1];
  }
  throw new RangeError('varint');
}

/** The size of a cell by its serial type. */
function sizeOf(type: number): number {
  if (type >= 12) return Math.floor((type - 12) / 2);
  return [0, 1, 2, 3, 4, 6, 8, 8, 0, 0][type] ?? 0;
}

const integer = (cell: Uint8Array): number => cell.reduce((value, byte) => value * 256 + byte, 0);

const text = (cell: Cell): string => Buffer.from(cell ?? []).toString('utf8');

/** `CREATE TABLE t (id PRIMARY KEY, a, b)`: what stands first between commas. */
function columnNames(sql: string): readonly string[] {
  const inner = sql.slice(sql.indexOf('(') + 1, sql.lastIndexOf(')'));
  return inner.split(',').map((column) => /^\s*(\S+)/.exec(column)?.[1] ?? '');
}

function namedCells(columns: readonly string[], cells: readonly Cell[]): SqliteRow {
  const row = new Map<string, Uint8Array>();
  for (const [index, cell] of cells.entries()) {
    const name = columns[index];
    if (name !== undefined && cell !== undefined) row.set(name, cell);
  }
  return row;
}
