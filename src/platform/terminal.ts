import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { System } from './system.ts';

/** Standard input, output and error. Only `cli` and `commands` write to it. */
export interface Terminal {
  /** Both standard input and standard error are a terminal and this is no CI run, so a question can be asked. */
  readonly canAsk: boolean;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Width of standard output in columns; 80 where it is not a terminal. */
  readonly columns: number;
  writeOut(text: string): void;
  writeError(text: string): void;
  /** All of standard input. */
  readInput(): Promise<Uint8Array>;
  /** One line from the terminal, asked on standard error. */
  ask(question: string): Promise<string>;
  /** As `ask`, without showing what is typed. */
  askHidden(question: string): Promise<string>;
}

export function processTerminal(system: System): Terminal {
  const { stdin, stdout, stderr } = process;
  const ci = system.environment['CI'];
  return {
    canAsk:
      stdin.isTTY === true && stderr.isTTY === true && (ci === undefined || ci === '' || ci === 'false'),
    stdoutIsTerminal: stdout.isTTY === true,
    stderrIsTerminal: stderr.isTTY === true,
    columns: stdout.columns ?? 80,
    writeOut: (text) => {
      stdout.write(text);
    },
    writeError: (text) => {
      stderr.write(text);
    },
    readInput: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of stdin) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    },
    ask: (question) => askLine(question, stderr),
    askHidden: async (question) => {
      stderr.write(question);
      const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
      const answer = await askLine('', silent);
      stderr.write('\n');
      return answer;
    },
  };
}

function askLine(question: string, output: NodeJS.WritableStream): Promise<string> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: process.stdin, output, terminal: true });
    let answered = false;
    lines.question(question, (answer) => {
      answered = true;
      lines.close();
      resolve(answer);
    });
    lines.on('close', () => {
      if (!answered) resolve('');
    });
  });
}
