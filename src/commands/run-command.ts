import { defineCommand } from '../cli/command.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { runInForeground } from '../platform/foreground.ts';
import { RUNTIME_FLAGS, settingsFor } from './runtime-trust.ts';

/** Secrets of devca's own, which are for nobody else. (`world` does not even show DEVCA_PASSPHRASE.) */
const SECRETS = { DEVCA_PASSPHRASE: undefined, DEVCA_PASSWORD: undefined } as const;

export const runCommand = defineCommand({
  name: 'run',
  summary: "run one command whose programs trust devca's roots, whatever the stores say",
  details:
    'Sets what "devca env" prints, for this command alone. It has the terminal, gets the signals, and its exit status is that of devca: 128 and the number of the signal that ended it, 127 where there is no such command, 126 where it cannot be run. The passphrase and the password that devca takes from variables are not passed on.',
  positionals: {},
  rest: 'COMMAND ARGUMENTS...',
  flags: RUNTIME_FLAGS,
  examples: [
    { command: 'devca run -- npm test', does: 'tests that call services of devca' },
    { command: 'devca run -- curl https://localhost:8443', does: 'with no root in any store' },
    { command: 'devca run --without java -- ./build.sh', does: 'Java is left as it is' },
  ],
  async run({ flags, rest }, { world }) {
    const [command, ...args] = rest;
    if (command === undefined) {
      const detail = '"devca run" needs a command after "--", as in "devca run -- npm test"';
      throw new DevcaError('DEVCA_USAGE_INVALID', { command: 'run', detail });
    }
    const settings = await settingsFor(flags, 'run', world);
    const variables = Object.fromEntries(settings.map(({ name, value }) => [name, value]));
    const environment = { ...world.system.environment, ...variables, ...SECRETS };
    return { child: await runInForeground(command, args, environment, world.system) };
  },
});
