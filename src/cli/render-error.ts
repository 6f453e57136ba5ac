import { DevcaError } from '../errors/devca-error.ts';
import { forTerminal } from '../platform/escape.ts';
import type { World } from '../platform/world.ts';

export interface RenderOptions {
  readonly json: boolean;
  readonly colour: boolean;
  readonly debug: boolean;
}

/** Any thrown value as a catalogue error: what devca did not expect is a bug of its own. */
export function asDevcaError(error: unknown): DevcaError {
  if (error instanceof DevcaError) return error;
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new DevcaError('DEVCA_INTERNAL', { detail }, { cause: error });
}

/** Prints an error in the one form that devca has: two kinds of lines, or one JSON document with `--json`. */
export function renderError(error: DevcaError, options: RenderOptions, world: Pick<World, 'terminal'>): void {
  if (!options.json || !wroteDocument(error, world)) {
    const red = options.colour ? '\u001b[31m' : '';
    const end = options.colour ? '\u001b[39m' : '';
    const lines = [
      `${red}devca: error:${end} ${forTerminal(error.message)} [${error.code}]`,
      ...error.hints.map((hint) => `devca: hint: ${forTerminal(hint)}`),
    ];
    world.terminal.writeError(`${lines.join('\n')}\n`);
  }
  if (options.debug) world.terminal.writeError(`${stackOf(error)}\n`);
}

/** Where standard output cannot be written to, that may be the very error that is to be told. */
function wroteDocument({ code, message, hints, context }: DevcaError, { terminal }: Pick<World, 'terminal'>) {
  try {
    const document = { schema: 1, error: { code, message, hints, context } };
    terminal.writeOut(`${JSON.stringify(document, null, 2)}\n`);
    return true;
  } catch {
    return false;
  }
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
