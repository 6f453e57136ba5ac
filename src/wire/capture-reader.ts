import { DevcaError } from '../errors/devca-error.ts';

/** One frame of a capture. */
export interface CapturedPacket {
  readonly kind: 'packet';
  /** Microseconds since 1970. */
  readonly at: number;
  readonly linkType: number;
  readonly bytes: Uint8Array;
  /** The frame was longer; the capture holds its beginning only. */
  readonly truncated: boolean;
}

/** A key log inside the capture. */
export interface CapturedSecrets {
  readonly kind: 'secrets';
  readonly text: string;
}

/** Larger blocks are refused: a frame has 256 KiB at most, a key log seldom more than a few. */
const BLOCK_LIMIT = 16 * 1024 * 1024;

const INTERFACE_LIMIT = 1024;

/** The last moment that a Date can hold, in microseconds: a hostile resolution must not lead beyond it. */
const LAST_MOMENT = 8.64e18;

/**
 * Reads pcap and pcapng from pieces of any size, with memory for one block only.
 * Throws DEVCA_WIRE_CAPTURE_INVALID where the bytes are no capture; an incomplete end is `incomplete`.
 */
export class CaptureReader {
  readonly #source: string;
  #rest: Buffer = Buffer.alloc(0);
  #offset = 0;
  #dropped = 0;
  #format: Format | undefined;

  constructor(source: string) {
    this.#source = source;
  }

  /** Packets that the capturing program says it lost. */
  get droppedPackets(): number {
    return this.#dropped;
  }

  /** Bytes of a block that is not complete: more than 0 at the end means that the file was cut off. */
  get incompleteBytes(): number {
    return this.#rest.length;
  }

  *push(chunk: Uint8Array): Generator<CapturedPacket | CapturedSecrets> {
    const bytes =
      this.#rest.length === 0
        ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
        : Buffer.concat([this.#rest, chunk]);
    let position = 0;
    if (this.#format === undefined) {
      if (bytes.length < 24) {
        this.#rest = bytes;
        return;
      }
      this.#format = this.#detect(bytes);
      position = this.#format.headerBytes;
    }
    for (;;) {
      const length = this.#blockLength(bytes, position);
      if (length === undefined || position + length > bytes.length) break;
      const item = this.#block(bytes.subarray(position, position + length));
      position += length;
      if (item !== undefined) yield item;
    }
    this.#offset += position;
    // A copy, so that a few bytes do not hold on to a whole piece.
    this.#rest = Buffer.from(bytes.subarray(position));
  }

  #detect(bytes: Buffer): Format {
    const magic = bytes.readUInt32BE(0);
    if (magic === 0x0a0d0d0a) return { kind: 'pcapng', headerBytes: 0, littleEndian: true, interfaces: [] };
    const pcap = PCAP_MAGICS.get(magic);
    if (pcap === undefined) throw this.#invalid('it begins like neither pcapng nor pcap', 0);
    const linkType = (pcap.littleEndian ? bytes.readUInt32LE(20) : bytes.readUInt32BE(20)) & 0xffff;
    return { kind: 'pcap', headerBytes: 24, ...pcap, linkType };
  }

  #blockLength(bytes: Buffer, position: number): number | undefined {
    const format = this.#format;
    if (format === undefined) return undefined;
    const available = bytes.length - position;
    if (format.kind === 'pcap') {
      if (available < 16) return undefined;
      const length = 16 + read32(bytes, position + 8, format.littleEndian);
      return this.#checked(length, 16, position);
    }
    if (available < 12) return undefined;
    // The byte order may change with every section, and its header says so behind the length.
    if (bytes.readUInt32BE(position) === 0x0a0d0d0a) {
      const order = bytes.readUInt32LE(position + 8);
      if (order !== 0x1a2b3c4d && order !== 0x4d3c2b1a)
        throw this.#invalid('a section without a byte order', position);
      format.littleEndian = order === 0x1a2b3c4d;
    }
    const length = read32(bytes, position + 4, format.littleEndian);
    if (length % 4 !== 0) throw this.#invalid(`a block of ${length} bytes`, position);
    return this.#checked(length, 12, position);
  }

  #checked(length: number, least: number, position: number): number {
    if (length < least || length > BLOCK_LIMIT) throw this.#invalid(`a block of ${length} bytes`, position);
    return length;
  }

  #block(block: Buffer): CapturedPacket | CapturedSecrets | undefined {
    const format = this.#format;
    if (format === undefined) return undefined;
    if (format.kind === 'pcap') return pcapPacket(block, format);
    const type = read32(block, 0, format.littleEndian);
    const body = block.subarray(8, block.length - 4);
    switch (type) {
      case 0x0a0d0d0a:
        format.interfaces.length = 0;
        return undefined;
      case 1:
        if (format.interfaces.length >= INTERFACE_LIMIT)
          throw this.#invalid(`more than ${INTERFACE_LIMIT} interfaces`, 0);
        if (body.length >= 8) format.interfaces.push(interfaceOf(body, format.littleEndian));
        return undefined;
      case 2:
      case 6:
        return enhancedPacket(body, type, format);
      case 3:
        return simplePacket(body, format);
      case 5:
        this.#dropped += droppedIn(body, format.littleEndian);
        return undefined;
      case 10:
        return secretsOf(body, format.littleEndian);
      default:
        return undefined;
    }
  }

  #invalid(reason: string, position: number): DevcaError {
    const offset = this.#offset + position;
    return new DevcaError('DEVCA_WIRE_CAPTURE_INVALID', { source: this.#source, reason, offset });
  }
}

interface PcapFormat {
  readonly kind: 'pcap';
  readonly headerBytes: number;
  readonly littleEndian: boolean;
  /** Fractions of a second in the time stamps. */
  readonly fractions: number;
  readonly linkType: number;
}

interface Interface {
  readonly linkType: number;
  readonly snapLength: number;
  /** Ticks of the time stamps in a microsecond. */
  readonly ticksPerMicrosecond: number;
}

interface PcapngFormat {
  readonly kind: 'pcapng';
  readonly headerBytes: number;
  littleEndian: boolean;
  readonly interfaces: Interface[];
}

type Format = PcapFormat | PcapngFormat;

const PCAP_MAGICS: ReadonlyMap<number, { littleEndian: boolean; fractions: number }> = new Map([
  [0xa1b2c3d4, { littleEndian: false, fractions: 1e6 }],
  [0xd4c3b2a1, { littleEndian: true, fractions: 1e6 }],
  [0xa1b23c4d, { littleEndian: false, fractions: 1e9 }],
  [0x4d3cb2a1, { littleEndian: true, fractions: 1e9 }],
]);

const read32 = (bytes: Buffer, offset: number, littleEndian: boolean): number =>
  littleEndian ? bytes.readUInt32LE(offset) : bytes.readUInt32BE(offset);

const read16 = (bytes: Buffer, offset: number, littleEndian: boolean): number =>
  littleEndian ? bytes.readUInt16LE(offset) : bytes.readUInt16BE(offset);

function pcapPacket(block: Buffer, format: PcapFormat): CapturedPacket {
  const { littleEndian, fractions, linkType } = format;
  const seconds = read32(block, 0, littleEndian);
  const fraction = read32(block, 4, littleEndian);
  const original = read32(block, 12, littleEndian);
  const bytes = block.subarray(16);
  const at = seconds * 1e6 + Math.floor((fraction * 1e6) / fractions);
  return { kind: 'packet', at, linkType, bytes, truncated: bytes.length < original };
}

function interfaceOf(body: Buffer, littleEndian: boolean): Interface {
  const linkType = read16(body, 0, littleEndian);
  const snapLength = read32(body, 4, littleEndian);
  let ticksPerMicrosecond = 1;
  for (const { code, value } of optionsIn(body, 8, littleEndian)) {
    // if_tsresol: a power of ten, or of two where the high bit is set.
    const [resolution] = value;
    if (code === 9 && resolution !== undefined)
      ticksPerMicrosecond = (resolution & 0x80 ? 2 ** (resolution & 0x7f) : 10 ** resolution) / 1e6;
  }
  return { linkType, snapLength, ticksPerMicrosecond };
}

/** The options at the end of a block: code, length, value, padded to four bytes. */
function* optionsIn(
  body: Buffer,
  begin: number,
  littleEndian: boolean,
): Generator<{ code: number; value: Buffer }> {
  for (let offset = begin; offset + 4 <= body.length; ) {
    const code = read16(body, offset, littleEndian);
    const length = read16(body, offset + 2, littleEndian);
    if (code === 0) return;
    yield { code, value: body.subarray(offset + 4, offset + 4 + length) };
    offset += 4 + length + ((4 - (length % 4)) % 4);
  }
}

/** isb_ifdrop and isb_osdrop of interface statistics: what the interface and the system lost. */
function droppedIn(body: Buffer, littleEndian: boolean): number {
  let dropped = 0;
  for (const { code, value } of optionsIn(body, 12, littleEndian))
    if ((code === 5 || code === 7) && value.length === 8)
      dropped += Number(littleEndian ? value.readBigUInt64LE() : value.readBigUInt64BE());
  return dropped;
}

/** Enhanced packets, and the obsolete form that differs in the width of the first field only. */
function enhancedPacket(body: Buffer, type: number, format: PcapngFormat): CapturedPacket | undefined {
  if (body.length < 20) return undefined;
  const { littleEndian } = format;
  const index = type === 6 ? read32(body, 0, littleEndian) : read16(body, 0, littleEndian);
  const from = format.interfaces[index];
  if (from === undefined) return undefined;
  const ticks = read32(body, 4, littleEndian) * 2 ** 32 + read32(body, 8, littleEndian);
  const captured = Math.min(read32(body, 12, littleEndian), body.length - 20);
  const original = read32(body, 16, littleEndian);
  return {
    kind: 'packet',
    at: Math.min(LAST_MOMENT, Math.floor(ticks / from.ticksPerMicrosecond)),
    linkType: from.linkType,
    bytes: body.subarray(20, 20 + captured),
    truncated: captured < original,
  };
}

function simplePacket(body: Buffer, format: PcapngFormat): CapturedPacket | undefined {
  const from = format.interfaces[0];
  if (from === undefined || body.length < 4) return undefined;
  const original = read32(body, 0, format.littleEndian);
  const most = from.snapLength === 0 ? original : Math.min(original, from.snapLength);
  const bytes = body.subarray(4, 4 + most);
  return { kind: 'packet', at: 0, linkType: from.linkType, bytes, truncated: bytes.length < original };
}

function secretsOf(body: Buffer, littleEndian: boolean): CapturedSecrets | undefined {
  if (body.length < 8 || read32(body, 0, littleEndian) !== 0x544c534b) return undefined;
  const length = Math.min(read32(body, 4, littleEndian), body.length - 8);
  return { kind: 'secrets', text: body.subarray(8, 8 + length).toString('latin1') };
}
