import type { TcpSegment } from './packet.ts';

/** What may wait for a segment that is missing, per direction. */
const WAITING_BYTES = 4 * 1024 * 1024;

const WAITING_SEGMENTS = 4096;

/** Puts the segments of one direction in order: repeats are dropped, later ones wait for what is missing. */
export class TcpStream {
  #next: number | undefined;
  #waiting = new Map<number, Uint8Array>();
  #waitingBytes = 0;
  #lost = false;

  /** A segment is missing and nothing can be read any more. */
  get lost(): boolean {
    return this.#lost;
  }

  /** Bytes that wait for a segment that has not come. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** The bytes that are in order now. */
  *push(segment: TcpSegment): Generator<Uint8Array> {
    if (this.#lost) return;
    const { sequence, syn, payload } = segment;
    if (syn) {
      this.#next = (sequence + 1) >>> 0;
      return;
    }
    if (payload.length === 0) return;
    this.#next ??= sequence;
    const ahead = distance(this.#next, sequence);
    if (ahead > 0) {
      this.#wait(sequence, payload);
      return;
    }
    if (-ahead >= payload.length) return;
    yield this.#advance(payload.subarray(-ahead));
    yield* this.#release();
  }

  #advance(bytes: Uint8Array): Uint8Array {
    this.#next = ((this.#next ?? 0) + bytes.length) >>> 0;
    return bytes;
  }

  *#release(): Generator<Uint8Array> {
    for (let found = true; found && this.#waiting.size > 0; ) {
      found = false;
      for (const [sequence, bytes] of this.#waiting) {
        const ahead = distance(this.#next ?? 0, sequence);
        if (ahead > 0) continue;
        this.#waiting.delete(sequence);
        this.#waitingBytes -= bytes.length;
        found = true;
        if (-ahead < bytes.length) yield this.#advance(bytes.subarray(-ahead));
      }
    }
  }

  #wait(sequence: number, payload: Uint8Array): void {
    const known = this.#waiting.get(sequence);
    if (known !== undefined && known.length >= payload.length) return;
    this.#waitingBytes += payload.length - (known?.length ?? 0);
    this.#waiting.set(sequence, Uint8Array.from(payload));
    if (this.#waitingBytes <= WAITING_BYTES && this.#waiting.size <= WAITING_SEGMENTS) return;
    this.#lost = true;
    this.#waiting.clear();
    this.#waitingBytes = 0;
  }
}

/** How far `to` lies ahead of `from` on the circle of 32-bit sequence numbers; negative behind it. */
function distance(from: number, to: number): number {
  return (to - from) | 0;
}
