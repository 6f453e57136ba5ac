import { fstatSync, statSync, writeSync } from 'node:fs';
import { DevcaError } from '../errors/devca-error.ts';
import { Interruption } from './interruption.ts';
import type { System } from './system.ts';

/** Standard input, output and error. Only `cli` and `commands` write to it. */
export interface Terminal {
  /** Both standard input and standard error are a terminal and this is no CI run, so a question can be asked. */
  readonly canAsk: boolean;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Width of standard output in columns; 80 where it is not a terminal. */
  readonly columns: number;
  /** Text as UTF-8, or bytes as they are. Throws DEVCA_FILE_IO. */
  writeOut(text: string | Uint8Array): void;
  writeError(text: string): void;
  /** All of standard input. Throws DEVCA_FILE_TOO_LARGE above 64 MiB. */
  readInput(): Promise<Uint8Array>;
  /** One line from the terminal, asked on standard error; `undefined` at the end of input (Ctrl-D). Throws Interruption at Ctrl-C. */
  ask(question: string): Promise<string | undefined>;
  /** As `ask`, without showing what is typed. */
  askHidden(question: string): Promise<string | undefined>;
}

/** As much as of a file. */
const INPUT_LIMIT = 64 * 1024 * 1024;

/**
 * Writes are synchronous, straight to the descriptors: nothing is lost when the process ends, and the runtime's stream
 * classes, which cost several milliseconds to load, are needed for questions alone.
 */
export function processTerminal(system: System): Terminal {
  const ci = system.environment['CI'];
  return {
    get canAsk() {
      return isTerminal(2) && isTerminal(0) && (ci === undefined || ci === '' || ci === 'false');
    },
    get stdoutIsTerminal() {
      return isTerminal(1);
    },
    get stderrIsTerminal() {
      return isTerminal(2);
    },
    get columns() {
      return (isTerminal(1) ? process.stdout.columns : undefined) ?? 80;
    },
    writeOut: (text) => {
      try {
        writeAll(1, text);
      } catch (cause) {
        const detail = (cause as Error).message;
        throw new DevcaError(
          'DEVCA_FILE_IO',
          { path: 'standard output', action: 'write to', detail },
          { cause },
        );
      }
    },
    writeError: (text) => {
      try {
        writeAll(2, text);
      } catch {
        // There is no place left to say so.
      }
    },
    readInput: async () => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of process.stdin) {
        chunks.push(chunk as Buffer);
        bytes += (chunk as Buffer).length;
        if (bytes > INPUT_LIMIT)
          throw new DevcaError('DEVCA_FILE_TOO_LARGE', { path: 'standard input', bytes, limit: INPUT_LIMIT });
      }
      return Buffer.concat(chunks);
    },
    ask: (question) => askLine(question, false),
    askHidden: (question) => askLine(question, true),
  };
}

/** Asks the runtime's terminal module only about what can be one: the module costs several milliseconds to load. */
function isTerminal(descriptor: number): boolean {
  try {
    const status = fstatSync(descriptor);
    if (!status.isCharacterDevice() || status.rdev === nullDevice()) return false;
    return process.getBuiltinModule('node:tty').isatty(descriptor);
  } catch {
    // A closed descriptor is no terminal.
    return false;
  }
}

/** `/dev/null` is a character device like a terminal. */
function nullDevice(): number | undefined {
  return process.platform === 'win32' ? undefined : statSync('/dev/null').rdev;
}

/** Waits where a pipe is full; a reader that has gone wants no more, which is no failure (`devca list | head`). */
function writeAll(descriptor: number, text: string | Uint8Array): void {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

async function askLine(question: string, hidden: boolean): Promise<string | undefined> {
  const [{ createInterface }, { Writable }] = await Promise.all([
    import('node:readline'),
    import('node:stream'),
  ]);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  return new Promise((resolve, reject) => {
    const output = hidden ? silent : process.stderr;
    // Takes the terminal over: what is typed is shown by `output` alone, and Ctrl-C is an event.
    const lines = createInterface({ input: process.stdin, output, terminal: true });
    let answer: string | undefined;
    let isInterrupted = false;
    lines.on('SIGINT', () => {
      isInterrupted = true;
      lines.close();
    });
    lines.on('close', () => {
      // What comes next begins on a line of its own; only a line that was shown has ended with one.
      if (hidden || answer === undefined) writeAll(2, '\n');
      if (isInterrupted) reject(new Interruption());
      else resolve(answer);
    });
    if (hidden) writeAll(2, question);
    lines.question(hidden ? '' : question, (line) => {
      answer = line;
      lines.close();
    });
  });
}
