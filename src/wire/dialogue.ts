import type { Socket } from 'node:net';

/** No greeting or answer before TLS is longer. */
const BUFFER_LIMIT = 65_536;

/** Why a conversation in plain text came to nothing; the caller says of which protocol. */
export class DialogueFailure extends Error {
  override readonly name = 'DialogueFailure';
}

/** A conversation in plain text on a socket, before TLS begins on it. */
export class Dialogue {
  readonly #socket: Socket;
  readonly #timeoutMs: number;
  #buffer: Buffer = Buffer.alloc(0);
  #ended: string | undefined;
  #wake: (() => void) | undefined;
  readonly #onData = (bytes: Buffer): void => {
    this.#buffer = Buffer.concat([this.#buffer, bytes]);
    if (this.#buffer.length > BUFFER_LIMIT) this.#ended = 'it sent too much before TLS';
    this.#wake?.();
  };
  readonly #onEnd = (): void => {
    this.#ended = 'it closed the connection';
    this.#wake?.();
  };
  readonly #onError = (error: Error): void => {
    this.#ended = error.message;
    this.#wake?.();
  };

  /** `timeoutMs` bounds every wait for an answer. */
  constructor(socket: Socket, timeoutMs: number) {
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
    socket.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onError).resume();
  }

  send(data: string | Uint8Array): void {
    this.#socket.write(data);
  }

  /** Everything up to and with the end of the first match. */
  async until(pattern: RegExp): Promise<string> {
    const end = await this.#wait((buffer) => {
      const match = pattern.exec(buffer.toString('latin1'));
      return match === null ? undefined : match.index + match[0].length;
    });
    return this.#consume(end).toString('latin1');
  }

  async bytes(length: number): Promise<Buffer> {
    await this.#wait((buffer) => (buffer.length >= length ? length : undefined));
    return this.#consume(length);
  }

  /** Gives the socket back. What came behind the last answer would be taken for TLS, so it is refused. */
  finish(): void {
    this.#socket.off('data', this.#onData).off('end', this.#onEnd).off('error', this.#onError);
    this.#socket.pause();
    if (this.#buffer.length > 0) throw new DialogueFailure('it sent more in plain text behind its answer');
  }

  #consume(length: number): Buffer {
    const taken = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length);
    return taken;
  }

  async #wait(found: (buffer: Buffer) => number | undefined): Promise<number> {
    const deadline = performance.now() + this.#timeoutMs;
    for (;;) {
      const end = found(this.#buffer);
      if (end !== undefined) return end;
      if (this.#ended !== undefined) throw this.#failure(this.#ended);
      const left = deadline - performance.now();
      if (left <= 0) throw this.#failure(`no answer within ${this.#timeoutMs} ms`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  #failure(reason: string): DialogueFailure {
    const seen = this.#buffer.toString('latin1').slice(0, 120).trim();
    return new DialogueFailure(seen === '' ? reason : `${reason} after "${seen}"`);
  }
}
