import { styleText } from 'node:util';
import { forTerminal } from '../platform/escape.ts';
import type { World } from '../platform/world.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly colour: boolean;
}

/**
 * What a command says. The rules, for all of them:
 * results go to standard output, everything else to standard error;
 * with `--json`, standard output holds exactly one document with `schema: 1`;
 * foreign text is escaped with `forTerminal` before it gets here.
 */
export interface Output extends OutputOptions {
  /** The answer to what was asked (`list`, `show`): printed whatever `--quiet` says. */
  result(document: object, text: () => string): void;
  /** What was done (`init`, `issue`): the text is left out with `--quiet`. */
  report(document: object, text: () => string): void;
  /** Raw bytes or a foreign format on standard output, instead of a result. */
  raw(text: string | Uint8Array): void;
  note(text: string): void;
  warn(text: string): void;
  style(style: Style, text: string): string;
  /** How wide the terminal is that standard output is; absent where it is none. */
  readonly columns?: number;
}

export function terminalOutput(options: OutputOptions, world: Pick<World, 'terminal'>): Output {
  const { terminal } = world;
  const print = (document: object, text: string | undefined): void => {
    if (options.json) terminal.writeOut(`${JSON.stringify({ schema: 1, ...document }, null, 2)}\n`);
    else if (text !== undefined && text !== '') terminal.writeOut(text.endsWith('\n') ? text : `${text}\n`);
  };
  const style = (name: Style, text: string): string =>
    options.colour ? styleText(name, text, { validateStream: false }) : text;
  return {
    ...options,
    result: (document, text) => print(document, options.json ? undefined : text()),
    report: (document, text) => print(document, options.json || options.quiet ? undefined : text()),
    raw: (text) => terminal.writeOut(text),
    note: (text) => {
      if (!options.quiet) terminal.writeError(`${text}\n`);
    },
    warn: (text) => {
      if (!options.quiet) terminal.writeError(`${style('yellow', 'devca: warning:')} ${forTerminal(text)}\n`);
    },
    style,
    ...(terminal.stdoutIsTerminal ? { columns: terminal.columns } : {}),
  };
}

/** Colours only on a terminal that wants them: https://no-color.org. */
export function wantsColour(noColorFlag: boolean, world: Pick<World, 'terminal' | 'system'>): boolean {
  const { environment } = world.system;
  if (noColorFlag || (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb') return false;
  return world.terminal.stdoutIsTerminal && world.terminal.stderrIsTerminal;
}
