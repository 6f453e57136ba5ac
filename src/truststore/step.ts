import { forShell, forTerminal } from '../platform/escape.ts';

interface StepBase {
  readonly needsRoot: boolean;
  /** For people: what the step is for. */
  readonly why: string;
}

/** One change to a store. What a plan lists is exactly what an install runs. */
export type Step =
  | (StepBase & {
      readonly kind: 'run';
      readonly program: string;
      readonly args: readonly string[];
      readonly stdin?: string;
    })
  | (StepBase & {
      readonly kind: 'write';
      readonly path: string;
      readonly text: string;
      readonly mode: number;
    })
  | (StepBase & { readonly kind: 'remove'; readonly path: string });

/** A program to run: an argument array from a fixed table, never a shell. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly needsRoot: boolean;
}

/**
 * The commands that carry a step out, on every system but Windows. Files are written by children too, so that a plan, a
 * root step under sudo and a change by the user are all the same thing.
 */
export function commandsOf(step: Step, platform: NodeJS.Platform): readonly Command[] {
  const { needsRoot } = step;
  switch (step.kind) {
    case 'run':
      return [step];
    case 'write':
      // `install` makes a new file with its final mode and never writes through a link. It can't read the text from
      // /dev/stdin, which is a socket here and can't be opened by name; `dd` reads the descriptor, and syncs.
      return [
        { program: 'install', args: ['-m', octal(step.mode), '/dev/null', step.path], needsRoot },
        {
          program: 'dd',
          args: [`of=${step.path}`, ...(platform === 'linux' ? GNU_DD : BSD_DD)],
          stdin: step.text,
          needsRoot,
        },
      ];
    case 'remove':
      return [{ program: 'rm', args: ['-f', '--', step.path], needsRoot }];
  }
}

const GNU_DD = ['conv=notrunc,fsync', 'status=none'];

/** FreeBSD before 12 and older releases of macOS refuse the others. */
const BSD_DD = ['conv=notrunc'];

/** Steps as lines for a POSIX shell, with a comment before each; `prefix` stands before what needs root. */
export function shellScript(
  steps: readonly Step[],
  platform: NodeJS.Platform,
  prefix: readonly string[] = ['sudo'],
): string {
  return steps
    .map((step) => {
      const lines = commandsOf(step, platform).map((command) => shellCommand(command, prefix));
      return `# ${forTerminal(step.why)}\n${lines.join('\n')}\n`;
    })
    .join('');
}

function shellCommand(command: Command, prefix: readonly string[]): string {
  const words = [...(command.needsRoot ? prefix : []), command.program, ...command.args];
  const line = words.map(forShell).join(' ');
  return command.stdin === undefined ? line : `${line} <<'DEVCA_END'\n${command.stdin}DEVCA_END`;
}

const octal = (mode: number): string => `0${mode.toString(8)}`;
