import { defineCommand } from '../cli/command.ts';
import { HOOK_REST, RENEWAL_FLAGS, RENEWAL_POSITIONALS, runRenewal } from './renewal.ts';

export const renewCommand = defineCommand({
  name: 'renew',
  summary: 'renew certificates: the same key, names and files, a new life',
  details:
    'The new certificate has the names, profile and length of life of the old one and takes the places of its files, each in one move. The key file stays as it is, so any mix of old and new files works: a server may start at any moment. Due is what has less than a third of its life left, or what ends within --within; what has ended is due too. Each certificate is renewed all or nothing; one that cannot be stops no other.',
  positionals: RENEWAL_POSITIONALS,
  flags: RENEWAL_FLAGS,
  rest: HOOK_REST,
  examples: [
    { command: 'devca renew localhost', does: 'one certificate' },
    { command: 'devca renew --due --hook nginx -- -s reload', does: 'what is due, then nginx reads it' },
    { command: 'devca renew --within 30d --dry-run', does: 'what a month from now would be too late for' },
  ],
  run: (args, context) => runRenewal('renew', args, {}, context),
});
