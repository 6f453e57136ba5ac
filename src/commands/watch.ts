import { resolve } from 'node:path';
import { type CommandContext, defineCommand } from '../cli/command.ts';
import { parseDuration, parseWait } from '../cli/duration.ts';
import { LONGEST_POLL_MS, watch } from '../lifecycle/watch.ts';
import { watchControl } from '../lifecycle/watch-control.ts';
import { renderUnit, UNIT_KINDS, UNIT_TEMPLATES, type UnitKind } from '../lifecycle/watch-unit.ts';
import { homeOf } from '../platform/paths.ts';
import { programCommand } from '../platform/program.ts';
import { handleSignals } from '../platform/signals.ts';
import { AUTHORITY_FLAG, HOOK_FLAGS, HOOK_REST, hookOf } from './renewal.ts';
import { givenStorePassword } from './store-password.ts';
import { readTemplate } from './template-file.ts';
import { unitWarnings } from './unit-warning.ts';
import { watchLog } from './watch-log.ts';

export const watchCommand = defineCommand({
  name: 'watch',
  summary: 'renew what is due, for as long as it runs: a service',
  details:
    'Runs in the foreground and renews what is due as "devca renew --due" would, and revocation lists that end early, by the wall clock: a machine that has slept catches up within a minute of waking. What fails is tried again, ever more seldom, up to once an hour; a hook too, until it has gone well. SIGHUP makes it look at everything again, SIGTERM and SIGINT end it (status 0 and 130) within a few seconds: a hook that runs then has five. What lives no longer than --within says is due in the last third of its life. Each event is one line on standard output, with --json one JSON document.',
  positionals: {},
  flags: {
    ...AUTHORITY_FLAG,
    ...HOOK_FLAGS,
    every: {
      type: 'string',
      value: 'TIME',
      describe: 'how often to look, at most a minute apart (default: 1m)',
    },
    once: { type: 'boolean', describe: 'look once; status 1 where something could not be done' },
    'print-unit': {
      type: 'string',
      choices: UNIT_KINDS,
      describe: 'print the file that makes this command line a service of yours, instead of running it',
    },
  },
  rest: HOOK_REST,
  examples: [
    { command: 'devca watch', does: 'until it is interrupted' },
    { command: 'devca watch --hook nginx -- -s reload', does: 'and let nginx read what is new' },
    { command: 'devca watch --print-unit systemd', does: 'the same as a service of systemd' },
  ],
  async run({ flags, rest }, context) {
    const { world, output } = context;
    const home = homeOf(flags.home, world.system);
    const hook = hookOf('watch', flags, rest, world);
    const withinMs =
      flags.within === undefined ? undefined : parseDuration(flags.within, '--within', 'watch');
    const pollMs = flags.every === undefined ? LONGEST_POLL_MS : parseWait(flags.every, '--every', 'watch');
    if (flags['print-unit'] !== undefined) {
      for (const warning of unitWarnings(flags, home, world)) output.warn(warning);
      const words = unitWords(flags, { home, hook: hook?.program, rest }, context);
      return printUnit(flags['print-unit'] as UnitKind, words, context);
    }
    const password = await givenStorePassword(flags['password-file'], world);
    const control = watchControl();
    const release = handleSignals(control);
    try {
      const isWell = await watch(
        {
          home,
          pollMs,
          once: flags.once,
          force: flags.force,
          ...(withinMs === undefined ? {} : { withinMs }),
          ...(flags.authority === undefined ? {} : { authority: flags.authority }),
          ...(hook === undefined ? {} : { hook }),
          ...(password === undefined ? {} : { password }),
        },
        control,
        watchLog(output, world),
        world,
      );
      if (control.stoppedBy === 'SIGINT') return 130;
      return flags.once && !isWell ? 1 : 0;
    } finally {
      release();
    }
  },
});

interface WatchFlags {
  readonly authority: string | undefined;
  readonly within: string | undefined;
  readonly every: string | undefined;
  readonly 'hook-timeout': string | undefined;
  readonly 'password-file': string | undefined;
  readonly 'passphrase-file': string | undefined;
  readonly force: boolean;
}

/** This command line as a service manager needs it: with absolute paths, whatever the folder and environment. */
function unitWords(
  flags: WatchFlags,
  { home, hook, rest }: { home: string; hook: string | undefined; rest: readonly string[] },
  { world: { system }, output }: CommandContext,
): readonly string[] {
  const absolute = (file: string | undefined) =>
    file === undefined ? undefined : resolve(system.workingFolder, file);
  const values: readonly (readonly [string, string | undefined])[] = [
    ['--home', home],
    ['--authority', flags.authority],
    ['--within', flags.within],
    ['--every', flags.every],
    ['--passphrase-file', absolute(flags['passphrase-file'])],
    ['--password-file', absolute(flags['password-file'])],
    ['--hook-timeout', flags['hook-timeout']],
    ['--hook', hook],
  ];
  return [
    'watch',
    ...values.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value])),
    ...(flags.force ? ['--force'] : []),
    ...(output.json ? ['--json'] : []),
    ...(output.quiet ? ['--quiet'] : []),
    ...(rest.length === 0 ? [] : ['--', ...rest]),
  ];
}

function printUnit(kind: UnitKind, words: readonly string[], { world, output }: CommandContext): 0 {
  const template = readTemplate('services', UNIT_TEMPLATES[kind], world);
  output.raw(renderUnit(kind, template, [...programCommand(), ...words], world.system));
  return 0;
}
