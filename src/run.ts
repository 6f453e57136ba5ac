import { type AnyCommand, GLOBAL_FLAGS } from './cli/command.ts';
import { terminalOutput, wantsColour } from './cli/output.ts';
import { personAtTerminal } from './cli/person.ts';
import { asDevcaError, renderError } from './cli/render-error.ts';
import { COMMANDS, type CommandEntry } from './commands/index.ts';
import { Interruption } from './platform/interruption.ts';
import type { World } from './platform/world.ts';
import { VERSION } from './version.ts';

/** Gives the world in which a command works, as another user's where need be. */
export type EnterWorld = (homeFlag: string | undefined, world: World) => Promise<World>;

/**
 * Runs one command line and returns the exit status: the composition root, with the only catch.
 * @param argv the words after the program's name
 */
export async function run(
  argv: readonly string[],
  world: World,
  enter: EnterWorld = async (_, same) => same,
): Promise<number> {
  try {
    const line = splitLine(argv);
    if (line.entry === undefined) return await withoutCommand(line.words, argv, world);
    return await runCommand(await line.entry.load(), line.words, world, enter);
  } catch (thrown) {
    if (thrown instanceof Interruption) return thrown.exitStatus;
    const error = asDevcaError(thrown);
    const flags = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined);
    const colour = world.terminal.stderrIsTerminal && wantsColour(flags.includes('--no-color'), world);
    const json = / --(json|report[ =]json) /.test(` ${flags.join(' ')} `);
    renderError(error, { json, colour, debug: flags.includes('--debug') }, world);
    return error.exitStatus;
  }
}

async function runCommand(
  command: AnyCommand,
  words: readonly string[],
  world: World,
  enter: EnterWorld,
): Promise<number> {
  const { parseLine } = await import('./cli/parse.ts');
  const { args, globals, wantsHelp } = parseLine(command, words);
  const colour = wantsColour(globals.noColor, world);
  const output = terminalOutput({ json: globals.json, quiet: globals.quiet, colour }, world);
  if (wantsHelp) {
    const { commandHelp } = await import('./cli/help.ts');
    output.raw(`${commandHelp(command, output)}\n`);
    return 0;
  }
  const own = await enter(args.flags.home, world);
  const person = personAtTerminal(globals.passphraseFile, own);
  const status = await command.run(args, { world: { ...own, person }, output });
  return typeof status === 'number' ? status : status.child;
}

/** `devca`, `devca --help`, `devca --version`, `devca help issue`, `devca trust`, or a line that is none of devca's. */
async function withoutCommand(
  words: readonly string[],
  argv: readonly string[],
  world: World,
): Promise<number> {
  const [first, ...further] = words[0] === 'help' ? words.slice(1) : words;
  if (words[0] === 'help' && first !== undefined) return run([first, ...further, '--help'], world);
  const colour = wantsColour(argv.includes('--no-color'), world);
  const output = terminalOutput({ json: argv.includes('--json'), quiet: false, colour }, world);
  if (first === undefined && argv.some((word) => word === '--version' || word === '-V')) {
    output.result({ version: VERSION }, () => VERSION);
    return 0;
  }
  const members = COMMANDS.filter(({ name }) => first !== undefined && name.startsWith(`${first} `));
  const isGroup = members.length > 0 && further.length === 0;
  const { unknownLine } = await import('./commands/unknown-line.ts');
  const error = await unknownLine(
    { argv, words: first === undefined ? [] : [first, ...further], isGroup },
    world,
  );
  if (error !== undefined) throw error;
  const { overview } = await import('./cli/help.ts');
  const shown = members.length > 0 ? members : COMMANDS;
  const text = `${overview(shown, VERSION, output)}\n`;
  const asked = argv.includes('--help') || argv.includes('-h') || words[0] === 'help';
  if (output.json)
    output.result({ commands: shown.map(({ name, summary }) => ({ name, summary })) }, () => '');
  else if (asked) world.terminal.writeOut(text);
  else world.terminal.writeError(text);
  return asked ? 0 : 2;
}

interface SplitLine {
  readonly entry: CommandEntry | undefined;
  /** The words without the command's name; without a command, those that are no flags. */
  readonly words: readonly string[];
}

/** Finds the command in a line that may begin with global flags: `devca --home DIR trust status`. */
function splitLine(argv: readonly string[]): SplitLine {
  const positions: number[] = [];
  for (let index = 0; index < argv.length && positions.length < 2; index++) {
    const word = argv[index] ?? '';
    if (word === '--') break;
    if (!word.startsWith('-')) positions.push(index);
    else if (takesValue(word)) index++;
  }
  for (const count of [2, 1]) {
    const used = positions.slice(0, count);
    const name = used.map((index) => argv[index]).join(' ');
    const entry = used.length === count ? COMMANDS.find((candidate) => candidate.name === name) : undefined;
    if (entry !== undefined) return { entry, words: argv.filter((_, index) => !used.includes(index)) };
  }
  return { entry: undefined, words: positions.map((index) => argv[index] ?? '') };
}

function takesValue(word: string): boolean {
  const flag = Object.entries(GLOBAL_FLAGS).find(([name]) => word === `--${name}`);
  return flag !== undefined && flag[1].type !== 'boolean';
}
