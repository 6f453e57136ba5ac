import { warnOfGitAround } from '../authority/git-warning.ts';
import { AUTHORITY_KEY_TYPES } from '../authority/hierarchy.ts';
import { type CommandContext, type CommandStatus, defineCommand } from '../cli/command.ts';
import { formatFields } from '../cli/table.ts';
import {
  previewRoll,
  type RollOutcome,
  type RollPreview,
  type RollRequest,
  rollAuthority,
} from '../lifecycle/roll.ts';
import type { KeyType } from '../pki/key.ts';
import { homeOf } from '../platform/paths.ts';
import { warnOfStaleCopies } from './crl.ts';
import { ensureTrust, TRUST_FLAGS } from './ensure-trust.ts';
import { warnOfRecovery } from './recovery-warning.ts';
import { trustAnchorsOf } from './trust-table.ts';

export const caRollCommand = defineCommand({
  name: 'ca roll',
  summary: 'make the next generation of an authority: a new root and intermediate',
  details:
    'Certificates come from the new generation from now on. What earlier ones issued keeps working, and their roots stay trusted, until "devca ca retire" takes them out: "devca list --old" shows what still hangs on them. Servers that ask for client certificates take ca/roots.pem, which has every root. Trust is installed after a yes on the terminal, or with --yes.',
  positionals: {},
  flags: {
    'key-type': {
      type: 'string',
      choices: AUTHORITY_KEY_TYPES,
      describe: 'the kind of key (default: as before)',
    },
    bridge: {
      type: 'boolean',
      describe:
        "let the present root certify the new intermediate's key (only where the root's key was kept)",
    },
    authority: { type: 'string', value: 'NAME', describe: 'which authority (default: the default one)' },
    'dry-run': { type: 'boolean', describe: 'print what would be made, and change nothing' },
    ...TRUST_FLAGS,
  },
  examples: [
    { command: 'devca ca roll', does: 'before the authority ends' },
    { command: 'devca ca roll --bridge', does: 'with ca/bridge.pem, for those who trust the old root alone' },
  ],
  async run({ flags }, context) {
    const request: RollRequest = {
      bridge: flags.bridge,
      ...(flags['key-type'] === undefined ? {} : { keyType: flags['key-type'] as KeyType }),
      ...(flags.authority === undefined ? {} : { authority: flags.authority }),
    };
    return roll(request, flags, context);
  },
});

export interface RollFlags {
  readonly home: string | undefined;
  readonly authority: string | undefined;
  readonly stores: string | undefined;
  readonly 'no-trust': boolean;
  readonly yes: boolean;
  readonly 'dry-run': boolean;
}

/** Rolls an authority over, and sees to trust; also for `ca permit`. */
export async function roll(
  request: RollRequest,
  flags: RollFlags,
  context: CommandContext,
): Promise<CommandStatus> {
  const { world, output } = context;
  const home = homeOf(flags.home, world.system);
  if (flags['dry-run']) return preview(await previewRoll(request, home, world), context);
  const outcome = await rollAuthority(request, home, world);
  warnOfRecovery(outcome.recovery, output);
  warnOfStaleCopies(outcome.staleCopies, output);
  for (const warning of outcome.warnings) output.warn(warning);
  for (const warning of await warnOfGitAround(home, world)) output.warn(warning);
  if (!output.json && !output.quiet) output.raw(`${summary(outcome)}\n`);
  if (outcome.bridge !== undefined)
    output.note(
      'where clients trust the old root alone, servers send the bridge in the place of the intermediate, behind their certificate',
    );
  const { trust, status } = await seeToTrust(outcome.name, flags, context);
  if (output.json) {
    const { recovery: _recovery, warnings: _warnings, root, intermediate, permitted, ...rest } = outcome;
    const certificate = ({ file, sha256, notAfter }: RollOutcome['root']) => {
      return { file, sha256, notAfter: notAfter.toISOString() };
    };
    const authority = {
      ...rest,
      root: certificate(root),
      intermediate: intermediate === undefined ? null : certificate(intermediate),
      permitted: permitted ?? null,
      bridge: outcome.bridge ?? null,
    };
    output.result({ rolled: true, authority, trust }, () => '');
  }
  return status;
}

/** Installs trust in every root of an authority that is in use, as far as that is wanted. */
export async function seeToTrust(
  name: string,
  flags: RollFlags,
  context: CommandContext,
): Promise<{ readonly trust: readonly object[]; readonly status: 0 | 5 }> {
  const { world } = context;
  if (flags['no-trust']) return { trust: [], status: 0 };
  const { stores, yes, authority } = flags;
  const home = homeOf(flags.home, world.system);
  const anchors = trustAnchorsOf({ home, authority: name }, world);
  const { rows, status } = await ensureTrust(anchors, { stores, yes, home, authority }, context);
  const trust = rows.map(({ id, status: state, detail, fix, root: { sha256 } }) => {
    return { store: id, status: state, detail, fix, root: sha256 };
  });
  return { trust, status };
}

function preview({ permitted, warnings, ...next }: RollPreview, { output }: CommandContext): 0 {
  for (const warning of warnings) output.warn(warning);
  output.result({ dryRun: true, authority: { ...next, permitted: permitted ?? null } }, () =>
    [
      `would make generation ${next.generation} of the authority "${next.name}", whose root has to be trusted`,
      formatFields(
        [
          ['key', next.keyType],
          ['permitted', permitted === undefined ? 'everything' : permitted.join(', ')],
        ],
        '  ',
      ),
    ].join('\n'),
  );
  return 0;
}

function summary({ name, generation, previous, root, permitted, bridge }: RollOutcome): string {
  const certificates = previous.live === 1 ? '1 certificate' : `${previous.live} certificates`;
  return [
    `made generation ${generation} of the authority "${name}"`,
    formatFields(
      [
        ['root', root.commonName],
        ['SHA-256', root.sha256],
        ['ends', root.notAfter.toISOString().slice(0, 10)],
        ['file', root.file],
        ['bridge', bridge?.file],
        ['permitted', permitted === undefined ? 'everything' : permitted.join(', ')],
        ['still trusted', `generation ${previous.generation}, with ${certificates} in use`],
      ],
      '  ',
    ),
  ].join('\n');
}
