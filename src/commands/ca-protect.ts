import { KEY_STORE_KINDS } from '../authority/authority-keys.ts';
import { type CommandContext, type CommandStatus, defineCommand } from '../cli/command.ts';
import { readPassphrase } from '../cli/person.ts';
import { confirm } from '../cli/prompt.ts';
import { formatFields } from '../cli/table.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { type ProtectOutcome, protectKeys } from '../lifecycle/protect.ts';
import { homeOf } from '../platform/paths.ts';
import type { World } from '../platform/world.ts';
import { warnOfRecovery } from './recovery-warning.ts';

export const caProtectCommand = defineCommand({
  name: 'ca protect',
  summary: "move an authority's key to another key store, or change its passphrase",
  details:
    'No certificate changes. "keychain" needs the keychain of your session whenever something is signed; "passphrase" asks for the passphrase; "file" is a file for you alone. "discard", for the key of the root alone, destroys it: nothing that was issued needs it. The key is opened once in its new place before the old one goes. Given the place where the key is already, it gets another passphrase, or another entry in the keychain.',
  positionals: {},
  flags: {
    keystore: {
      type: 'string',
      choices: [...KEY_STORE_KINDS, 'discard'],
      describe: 'where the key is to rest (required)',
    },
    root: { type: 'boolean', describe: "the root's key, where it was kept, instead of the one that issues" },
    'new-passphrase-file': {
      type: 'string',
      value: 'FILE',
      describe:
        'the new passphrase, instead of asking for it (default: --passphrase-file, for a key without one)',
    },
    authority: { type: 'string', value: 'NAME', describe: 'which authority (default: the default one)' },
    yes: { type: 'boolean', alias: 'y', describe: 'destroy a key without asking' },
  },
  examples: [
    { command: 'devca ca protect --keystore keychain', does: "into your session's keychain" },
    { command: 'devca ca protect --keystore passphrase', does: 'under a passphrase, or another one' },
    { command: 'devca ca protect --keystore file', does: 'for a machine where nobody is asked' },
    {
      command: 'devca ca protect --root --keystore discard',
      does: 'a kept root gets the safety of the default',
    },
  ],
  async run({ flags }, context) {
    const { world, output } = context;
    if (flags.keystore === 'discard') return discardRoot(flags, context);
    const keystore = KEY_STORE_KINDS.find((kind) => kind === flags.keystore);
    if (keystore === undefined)
      throw new DevcaError('DEVCA_USAGE_INVALID', { command: 'ca protect', detail: NO_KEYSTORE });
    const outcome = await protectKeys(
      {
        keystore,
        ...(flags.root ? { which: 'root' as const } : {}),
        ...(flags.authority === undefined ? {} : { authority: flags.authority }),
      },
      homeOf(flags.home, world.system),
      withNewPassphrase(flags['new-passphrase-file'], world),
    );
    if (outcome.recovery !== undefined) warnOfRecovery(outcome.recovery, output);
    const { recovery: _, ...document } = outcome;
    output.report(document, () => summary(outcome));
    return 0;
  },
});

interface DiscardFlags {
  readonly home: string | undefined;
  readonly authority: string | undefined;
  readonly root: boolean;
  readonly yes: boolean;
}

async function discardRoot(flags: DiscardFlags, { world, output }: CommandContext): Promise<CommandStatus> {
  if (!flags.root)
    throw new DevcaError('DEVCA_USAGE_INVALID', { command: 'ca protect', detail: NOT_THE_ROOT });
  const { discardRootKeys, rootKeysAtRest } = await import('../lifecycle/discard-root.ts');
  const home = homeOf(flags.home, world.system);
  const [latest] = rootKeysAtRest(home, world, flags.authority);
  if (latest !== undefined && !flags.yes) {
    const { name } = latest.record;
    if (!world.terminal.canAsk || output.json) throw new DevcaError('DEVCA_KEYSTORE_UNCONFIRMED', { name });
    if (!(await confirm(`Destroy the key of the root of "${name}"? It cannot be undone.`, world))) {
      output.note('nothing was destroyed');
      return 1;
    }
  }
  const { name, discarded, recovery } = await discardRootKeys(home, world, flags.authority);
  if (recovery !== undefined) warnOfRecovery(recovery, output);
  output.report({ name, which: 'root', keystore: 'discard', discarded }, () =>
    discarded.length === 0
      ? `the root's key of "${name}" is destroyed already; nothing was changed`
      : `destroyed the root's key of "${name}"; its certificates and lists stay as they are`,
  );
  return 0;
}

const NOT_THE_ROOT = '"--keystore discard" is for the key of the root, with "--root": the other one issues';

const NO_KEYSTORE = `"devca ca protect" needs "--keystore", one of ${KEY_STORE_KINDS.join(', ')}`;

/** A world whose person has a file for the new passphrase; the old one they give as ever. */
function withNewPassphrase(file: string | undefined, world: World): World {
  if (file === undefined) return world;
  const { person } = world;
  const passphrase: World['person']['passphrase'] = async (request) =>
    request.purpose === 'open' ? person.passphrase(request) : readPassphrase(file, world);
  return { ...world, person: { ...person, passphrase } };
}

function summary({ name, which, keystore, moved }: ProtectOutcome): string {
  const key = `the ${which}'s key of "${name}"`;
  if (moved.length === 0) return `${key} is in a file already; nothing was changed`;
  const [first] = moved;
  const headline =
    first?.from === keystore
      ? `${key} has a new ${keystore === 'passphrase' ? 'passphrase' : 'entry in the keychain'}`
      : `moved ${key} from ${first?.from} to ${keystore}`;
  const rows = moved.map(({ generation, file }) => [`generation ${generation}`, file] as const);
  return `${headline}\n${formatFields(rows, '  ')}`;
}
