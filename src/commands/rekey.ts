import { defineCommand } from '../cli/command.ts';
import { KEY_TYPES, type KeyType } from '../pki/key.ts';
import { HOOK_REST, RENEWAL_FLAGS, RENEWAL_POSITIONALS, runRenewal } from './renewal.ts';

export const rekeyCommand = defineCommand({
  name: 'rekey',
  summary: 'renew certificates with a new key',
  details:
    'As "devca renew", with a new key of the same kind. Where key and certificate are two files, they change in two moves, and a server that starts in between cannot use them: --current-link puts the files into a folder of their own behind a link NAME/current, for the server to be pointed at once; every later renewal then switches all files in one move.',
  positionals: RENEWAL_POSITIONALS,
  flags: {
    ...RENEWAL_FLAGS,
    'key-type': {
      type: 'string',
      choices: KEY_TYPES,
      describe: 'the kind of the new key (default: as it was)',
    },
  },
  rest: HOOK_REST,
  examples: [
    { command: 'devca rekey alice', does: 'a new key for a client, whose old one got out' },
    {
      command: 'devca rekey api.test --current-link --hook ./reload.sh',
      does: 'a new key and certificate, switched in one move',
    },
  ],
  run(args, context) {
    const keyType = args.flags['key-type'] as KeyType | undefined;
    return runRenewal('rekey', args, keyType === undefined ? {} : { keyType }, context);
  },
});
