import { KEY_STORE_KINDS } from '../authority/authority-keys.ts';
import { warnOfGitAround } from '../authority/git-warning.ts';
import { AUTHORITY_KEY_TYPES } from '../authority/hierarchy.ts';
import { defineCommand } from '../cli/command.ts';
import { formatFields } from '../cli/table.ts';
import { type InitOutcome, type InitRequest, initialise } from '../lifecycle/init.ts';
import type { KeyType } from '../pki/key.ts';
import { homeOf } from '../platform/paths.ts';
import { ensureTrust, TRUST_FLAGS, type TrustOutcome } from './ensure-trust.ts';
import { KEY_PLACES } from './key-places.ts';
import { warnOfRecovery } from './recovery-warning.ts';
import { type AnchoredRow, trustAnchorsOf } from './trust-table.ts';

export const initCommand = defineCommand({
  name: 'init',
  summary: 'create the authority, and trust its root on this machine',
  details:
    "Makes a root and an intermediate that are limited by name constraints to development names. The root's key is destroyed once it has signed the intermediate. A second run changes nothing that is right; with another --name it makes a further authority. Trust is installed after a yes on the terminal, or with --yes.",
  positionals: {},
  flags: {
    name: { type: 'string', value: 'NAME', describe: 'the name of the authority (default: default)' },
    permit: {
      type: 'list',
      value: 'NAME|CIDR',
      describe: 'a name or range of addresses besides the default ones',
    },
    'permit-only': {
      type: 'list',
      value: 'NAME|CIDR',
      describe: 'a name or range instead of the default ones',
    },
    'constrain-ip': { type: 'boolean', describe: 'put ranges of addresses into the name constraints too' },
    unconstrained: {
      type: 'boolean',
      describe: 'no name constraints: whoever has the key can stand for any site',
    },
    'key-type': {
      type: 'string',
      choices: AUTHORITY_KEY_TYPES,
      describe: 'the kind of key (default: ec-p256)',
    },
    keystore: {
      type: 'string',
      choices: KEY_STORE_KINDS,
      describe: "where the intermediate's key rests (default: keychain where one answers, else file)",
    },
    'root-keystore': {
      type: 'string',
      choices: ['discard', ...KEY_STORE_KINDS],
      describe: "where the root's key rests (default: discard, it is destroyed)",
    },
    ...TRUST_FLAGS,
  },
  examples: [
    { command: 'devca init', does: 'create the authority and ask before trusting it' },
    {
      command: 'devca init --permit corp.example --permit orders',
      does: 'names of your own besides the default ones',
    },
    { command: 'devca init --no-trust --json', does: 'for a CI system' },
  ],
  async run({ flags }, context) {
    const { world, output } = context;
    const outcome = await initialise(requestOf(flags), homeOf(flags.home, world.system), world);
    warnOfRecovery(outcome.recovery, output);
    for (const warning of outcome.warnings) output.warn(warning);
    for (const warning of await warnOfGitAround(outcome.home, world)) output.warn(warning);
    if (!output.json && !output.quiet) output.raw(`${summary(outcome)}\n`);
    const { rows, status } = flags['no-trust']
      ? NO_TRUST
      : await ensureTrust(
          trustAnchorsOf({ home: outcome.home, authority: outcome.name }, world),
          { stores: flags.stores, yes: flags.yes, home: outcome.home, authority: flags.name },
          context,
        );
    if (output.json) output.result(document(outcome, rows), () => '');
    return status;
  },
});

interface InitFlags {
  readonly name: string | undefined;
  readonly permit: readonly string[];
  readonly 'permit-only': readonly string[];
  readonly 'constrain-ip': boolean;
  readonly unconstrained: boolean;
  readonly 'key-type': string | undefined;
  readonly keystore: string | undefined;
  readonly 'root-keystore': string | undefined;
}

function requestOf(flags: InitFlags): InitRequest {
  const rootKeystore = (['discard', ...KEY_STORE_KINDS] as const).find(
    (kind) => kind === flags['root-keystore'],
  );
  return {
    permit: flags.permit,
    permitOnly: flags['permit-only'],
    constrainIp: flags['constrain-ip'],
    unconstrained: flags.unconstrained,
    ...(flags.name === undefined ? {} : { name: flags.name }),
    ...(flags['key-type'] === undefined ? {} : { keyType: flags['key-type'] as KeyType }),
    keystore: KEY_STORE_KINDS.find((kind) => kind === flags.keystore) ?? 'best',
    ...(rootKeystore === undefined ? {} : { rootKeystore }),
  };
}

const NO_TRUST: TrustOutcome = { rows: [], status: 0 };

function summary(outcome: InitOutcome): string {
  const { root, intermediate, created, restored, permitted, keystore, rootKeystore, whyFile } = outcome;
  const headline = created
    ? 'created a certificate authority'
    : restored.length > 0
      ? `the certificate authority was there already; wrote ${restored.join(', ')} again`
      : 'the certificate authority was there already; nothing was changed';
  const fields = formatFields(
    [
      ['root', root.commonName],
      ['SHA-256', root.sha256],
      ['ends', root.notAfter.toISOString().slice(0, 10)],
      ['file', root.file],
      ['intermediate', intermediate === undefined ? 'none: the root issues' : intermediate.file],
      [
        'its key',
        whyFile === undefined
          ? KEY_PLACES[keystore]
          : `${KEY_PLACES[keystore]}; not in a keychain: ${whyFile}`,
      ],
      ...(intermediate === undefined ? [] : [["root's key", KEY_PLACES[rootKeystore]] as const]),
      ['permitted', permitted === undefined ? 'everything' : permitted.join(', ')],
    ],
    '  ',
  );
  return `${headline}\n${fields}`;
}

function document(outcome: InitOutcome, rows: readonly AnchoredRow[]): object {
  const certificate = ({ file, sha256, commonName, notAfter }: InitOutcome['root']) => ({
    file,
    sha256,
    commonName,
    notAfter: notAfter.toISOString(),
  });
  return {
    authority: {
      name: outcome.name,
      generation: outcome.generation,
      home: outcome.home,
      created: outcome.created,
      keyType: outcome.keyType,
      root: certificate(outcome.root),
      intermediate: outcome.intermediate === undefined ? null : certificate(outcome.intermediate),
      crl: outcome.crl,
      permitted: outcome.permitted ?? null,
      keystore: outcome.keystore,
      rootKeystore: outcome.rootKeystore,
    },
    trust: rows.map(({ id, status, detail, fix, root }) => {
      return { store: id, status, detail, fix, root: root.sha256 };
    }),
  };
}
