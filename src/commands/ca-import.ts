import { KEY_STORE_KINDS } from '../authority/authority-keys.ts';
import { warnOfGitAround } from '../authority/git-warning.ts';
import { placeFlags, placeWords } from '../authority/place-flags.ts';
import { type CommandContext, defineCommand } from '../cli/command.ts';
import { readPassphrase } from '../cli/person.ts';
import { confirm } from '../cli/prompt.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { performImport } from '../lifecycle/import/import-authority.ts';
import { type ImportPlan, type ImportRequest, planImport } from '../lifecycle/import/import-plan.ts';
import { SOURCE_KINDS } from '../lifecycle/import/source.ts';
import { forTerminal } from '../platform/escape.ts';
import { homeOf } from '../platform/paths.ts';
import type { World } from '../platform/world.ts';
import { trustStatus } from '../truststore/trust.ts';
import { importDocument, importSummary, planDocument, planSummary, sourceKeyNote } from './ca-import-text.ts';
import { warnOfRecovery } from './recovery-warning.ts';
import { formatStoresWithFixes, statusOfStores, trustAnchorsOf, withPlace, withRoot } from './trust-table.ts';

export const caImportCommand = defineCommand({
  name: 'ca import',
  summary: 'take over an authority that mkcert, Caddy, step-ca, easy-rsa or you have made',
  details:
    "Copies its keys into the key store, and what it has issued into the inventory where there is a list. Nothing of the source is changed, and no trust store: whoever trusts its root trusts what devca issues from then on. Without PATH it is looked for where these tools keep it. An authority whose root may have no intermediate, such as mkcert's, issues from the root itself; elsewhere devca uses the intermediate that is there, or makes one. Plain PEM files are given with --cert and --key. Hooks and settings are never carried along.",
  positionals: { path: { describe: 'its folder, or a file with its certificate and key' } },
  flags: {
    from: { type: 'string', choices: SOURCE_KINDS, describe: 'what made it (default: what it looks like)' },
    name: { type: 'string', value: 'NAME', describe: 'what devca calls it (default: what made it)' },
    cert: { type: 'string', value: 'FILE', describe: 'the certificate of the root' },
    key: { type: 'string', value: 'FILE', describe: "the root's key" },
    intermediate: { type: 'string', value: 'FILE', describe: 'the certificate of an intermediate' },
    'intermediate-key': { type: 'string', value: 'FILE', describe: "the intermediate's key" },
    'password-file': {
      type: 'string',
      value: 'FILE',
      describe:
        'has the password of its keys (else they are opened with --passphrase-file, or it is asked for)',
    },
    keystore: {
      type: 'string',
      choices: KEY_STORE_KINDS,
      describe: 'where the key that issues rests (default: keychain where one answers, else file)',
    },
    'root-keystore': {
      type: 'string',
      choices: ['discard', ...KEY_STORE_KINDS],
      describe: "where the root's key rests if an intermediate issues (default: not with devca)",
    },
    'dry-run': {
      type: 'boolean',
      describe: 'say what would be taken over and what cannot be, and change nothing',
    },
    yes: { type: 'boolean', alias: 'y', describe: 'do not ask' },
  },
  examples: [
    {
      command: 'devca ca import --from mkcert',
      does: 'the authority that mkcert made, wherever that keeps it',
    },
    { command: 'devca ca import --dry-run ~/.step', does: "what would become of step-ca's" },
    { command: 'devca ca import --cert ca.pem --key ca-key.pem --name office', does: 'plain files' },
  ],
  async run({ flags, positionals }, context) {
    const { world, output } = context;
    const home = homeOf(flags.home, world.system);
    const plan = await planImport(requestOf({ ...flags, path: positionals.path }, world), home, world);
    for (const warning of plan.warnings) output.warn(warning);
    if (flags['dry-run']) {
      output.result(planDocument(plan, home), () => planSummary(plan, home));
      return 0;
    }
    const asks = !flags.yes && world.terminal.canAsk && !output.json && !output.quiet;
    if (asks && !(await isWanted(plan, home, context))) return 1;
    const outcome = await performImport(plan, home, world);
    warnOfRecovery(outcome.recovery, output);
    for (const warning of outcome.warnings) if (!plan.warnings.includes(warning)) output.warn(warning);
    for (const warning of await warnOfGitAround(home, world)) output.warn(warning);
    const place = placeFlags({ home, record: outcome }, world);
    const elsewhere = placeWords({ home }, world);
    if (outcome.permitted === undefined)
      output.note(
        `to move to an authority that is constrained, run "devca ca roll${place}"; for one beside it, "devca init --name NAME${elsewhere}"`,
      );
    // Whoever was asked has read them.
    if (!asks) for (const note of outcome.notes) output.note(forTerminal(note));
    output.note(sourceKeyNote(plan));
    const [anchor] = trustAnchorsOf({ home, authority: outcome.name }, world);
    const rows =
      anchor === undefined
        ? []
        : withPlace(
            (await trustStatus(anchor, {}, world)).map(withRoot(anchor)),
            {
              home: flags.home,
              authority: outcome.isDefault ? undefined : outcome.name,
            },
            world,
          );
    output.report(importDocument(outcome, plan, rows), () =>
      [importSummary(outcome, plan), '', formatStoresWithFixes(rows, output)].join('\n'),
    );
    if (statusOfStores(rows) !== 0)
      output.note(`no trust store was changed; to trust the root here, run "devca trust install${place}"`);
    if (!outcome.isDefault)
      output.note(`to issue from it by default, run "devca ca use ${outcome.name}${elsewhere}"`);
    return 0;
  },
});

interface ImportFlags {
  readonly path: string | undefined;
  readonly from: string | undefined;
  readonly name: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly intermediate: string | undefined;
  readonly 'intermediate-key': string | undefined;
  readonly 'password-file': string | undefined;
  readonly keystore: string | undefined;
  readonly 'root-keystore': string | undefined;
}

function requestOf(flags: ImportFlags, world: World): ImportRequest {
  refuseMixture(flags);
  const { path, name, cert, key, intermediate } = flags;
  const kind = SOURCE_KINDS.find((each) => each === flags.from);
  const rootKeystore = (['discard', ...KEY_STORE_KINDS] as const).find(
    (each) => each === flags['root-keystore'],
  );
  const intermediateKey = flags['intermediate-key'];
  const passwordFile = flags['password-file'];
  return {
    ...(path === undefined ? {} : { path }),
    ...(kind === undefined ? {} : { kind }),
    ...(name === undefined ? {} : { name }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(intermediate === undefined ? {} : { intermediate }),
    ...(intermediateKey === undefined ? {} : { intermediateKey }),
    ...(passwordFile === undefined ? {} : { password: readPassphrase(passwordFile, world) }),
    keystore: KEY_STORE_KINDS.find((each) => each === flags.keystore) ?? 'best',
    ...(rootKeystore === undefined ? {} : { rootKeystore }),
  };
}

/** Either a place, or files one by one. Throws DEVCA_USAGE_INVALID. */
function refuseMixture(flags: ImportFlags): void {
  const fail = (detail: string) => new DevcaError('DEVCA_USAGE_INVALID', { command: 'ca import', detail });
  const { path, from, cert, key, intermediate } = flags;
  const others = { key, intermediate, 'intermediate-key': flags['intermediate-key'] };
  if (cert !== undefined && path !== undefined) throw fail('give either a PATH or "--cert", not both');
  if (cert !== undefined && from !== undefined && from !== 'pem')
    throw fail('"--cert" is for plain files: leave out "--from"');
  if (cert === undefined && from === 'pem' && path === undefined)
    throw fail('"--from pem" needs "--cert" and "--key", or the PATH of one file with both');
  const [lonely] = Object.entries(others).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (cert === undefined && lonely !== undefined) throw fail(`"--${lonely}" needs "--cert"`);
  if (intermediate === undefined && flags['intermediate-key'] !== undefined)
    throw fail('"--intermediate-key" needs "--intermediate"');
}

/** On a terminal somebody is asked, once they have seen what would come of it. */
async function isWanted(plan: ImportPlan, home: string, { world, output }: CommandContext): Promise<boolean> {
  output.note(planSummary(plan, home));
  if (await confirm('Import it?', world)) return true;
  output.note('nothing was imported');
  return false;
}
