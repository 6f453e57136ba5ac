import { type ChosenCertificates, chooseCertificates, type RenewalChoice } from '../authority/due.ts';
import { readHome } from '../authority/home.ts';
import type { IssuedCertificate } from '../authority/issued-certificate.ts';
import { type FailedRenewal, type RenewalOptions, renewCertificates } from '../authority/renew.ts';
import type { Arguments, CommandContext, CommandStatus, Flags, Positionals } from '../cli/command.ts';
import { describeSpan, parseDuration, parseWait } from '../cli/duration.ts';
import type { Output } from '../cli/output.ts';
import { DevcaError } from '../errors/devca-error.ts';
import type { CertificateRecord } from '../inventory/certificates.ts';
import {
  findHook,
  HOOK_TIMEOUT_MS,
  type Hook,
  type HookOutcome,
  hookError,
  runHook,
} from '../lifecycle/hook.ts';
import { homeOf } from '../platform/paths.ts';
import { tidyWhenStopped } from '../platform/signals.ts';
import type { World } from '../platform/world.ts';
import { issuedFields } from './issued-text.ts';
import { warnOfRecovery } from './recovery-warning.ts';
import { passwordOfStores } from './store-password.ts';

export const AUTHORITY_FLAG = {
  authority: { type: 'string', value: 'NAME', describe: 'only certificates of this authority' },
} as const satisfies Flags;

/** The flags that `renew`, `rekey` and `watch` share. */
export const HOOK_FLAGS = {
  within: {
    type: 'string',
    value: 'TIME',
    describe: 'due is what ends within this time, such as 30d (default: the last third of its life)',
  },
  hook: {
    type: 'string',
    value: 'FILE',
    describe: 'a program to run when all files stand; its arguments follow "--"',
  },
  'hook-timeout': { type: 'string', value: 'TIME', describe: 'how long the hook may take (default: 60s)' },
  'password-file': {
    type: 'string',
    value: 'FILE',
    describe: 'the password of PKCS#12 and JKS files among them (also: DEVCA_PASSWORD)',
  },
  force: { type: 'boolean', describe: 'overwrite files that were changed since devca wrote them' },
} as const satisfies Flags;

export const RENEWAL_FLAGS = {
  due: { type: 'boolean', describe: 'all that are due' },
  all: { type: 'boolean', describe: 'all that are neither revoked nor replaced' },
  ...AUTHORITY_FLAG,
  ...HOOK_FLAGS,
  'current-link': {
    type: 'boolean',
    describe:
      'put the files into a folder of their own behind a link NAME/current, which switches all at once',
  },
  'dry-run': { type: 'boolean', describe: 'print which certificates it would be' },
} as const satisfies Flags;

export const RENEWAL_POSITIONALS = {
  what: { describe: 'names, serial numbers, fingerprints or certificate files', many: true },
} as const satisfies Positionals;

const POINT_AT_LINK =
  'point servers at what is behind the link "current": files that were elsewhere stay as they were, and are renewed no more';

export const HOOK_REST = 'the arguments of the hook';

type RenewalArguments = Arguments<typeof RENEWAL_POSITIONALS, typeof RENEWAL_FLAGS>;

/** Runs `devca renew` and `devca rekey`. */
export async function runRenewal(
  verb: 'renew' | 'rekey',
  { flags, positionals, rest }: RenewalArguments,
  options: Pick<RenewalOptions, 'keyType'>,
  context: CommandContext,
): Promise<CommandStatus> {
  const { world, output } = context;
  const home = homeOf(flags.home, world.system);
  const choice = {
    ...choiceOf(verb, flags, positionals.what),
    ...(flags.authority === undefined ? {} : { authority: flags.authority }),
  };
  const hook = hookOf(verb, flags, rest, world);
  const key = verb === 'renew' ? 'same' : 'new';
  const { chosen, gone } = readHome(home, world, (inventory) =>
    chooseCertificates(choice, key, inventory, world),
  );
  if (flags['dry-run']) return preview(verb, { chosen, gone }, context);
  const password = await passwordOfStores(flags['password-file'], chosen, home, world);
  const outcome = await renewCertificates(
    chosen,
    {
      ...options,
      key,
      currentLink: flags['current-link'],
      force: flags.force,
      ...(password === undefined ? {} : { password }),
    },
    home,
    world,
  );
  for (const recovery of outcome.recoveries) warnOfRecovery(recovery, output);
  const [onlyFailure] = outcome.failed;
  if (onlyFailure !== undefined && chosen.length === 1) throw onlyFailure.error;
  for (const warning of outcome.warnings) output.warn(warning);
  const { renewed, failed } = outcome;
  const ran =
    hook === undefined || renewed.length === 0
      ? undefined
      : await tidyWhenStopped((stopped) => runHook(hook, renewed, stopped, home, world));
  output.report(
    {
      renewed: renewed.map(renewedEntry),
      failed: failed.map(failedEntry),
      skipped: [
        ...gone.map((record) => skipped(record, 'files-gone')),
        ...outcome.passed.map((record) => skipped(record, 'replaced')),
      ],
      hook: ran ?? null,
      warnings: outcome.warnings,
    },
    () => summary(verb, renewed, failed.length > 0, world),
  );
  if (flags['current-link'] && renewed.length > 0) output.note(POINT_AT_LINK);
  for (const record of gone) output.note(`left alone, since its files are gone: ${labelOf(record)}`);
  tellFailures(verb, failed, output);
  if (ran !== undefined) tellHook(ran, output);
  return failed.length > 0 || ran?.ok === false ? 1 : 0;
}

/** The hook of a command line. Throws DEVCA_HOOK_UNUSABLE and DEVCA_USAGE_*. */
export function hookOf(
  command: string,
  flags: { readonly hook: string | undefined; readonly 'hook-timeout': string | undefined },
  rest: readonly string[],
  world: World,
): Hook | undefined {
  const timeout = flags['hook-timeout'];
  const timeoutMs = timeout === undefined ? HOOK_TIMEOUT_MS : parseWait(timeout, '--hook-timeout', command);
  if (flags.hook !== undefined) return findHook(flags.hook, rest, timeoutMs, world);
  if (rest.length === 0 && timeout === undefined) return undefined;
  const detail = 'there are arguments for a hook, but no "--hook"';
  throw new DevcaError('DEVCA_USAGE_INVALID', { command, detail });
}

export function renewedEntry(issued: IssuedCertificate) {
  const { serialNumber, sha256, profile, names, subject, notBefore, notAfter, authority } = issued;
  return {
    certificate: {
      serial: serialNumber,
      sha256,
      profile,
      names,
      subject,
      notBefore: notBefore.toISOString(),
      notAfter: notAfter.toISOString(),
      authority,
      replaced: issued.replaced,
    },
    files: issued.files,
  };
}

export const labelOf = ({ names, subject, serialNumber }: CertificateRecord): string =>
  `${names.length === 0 ? subject : names.join(', ')} (${serialNumber})`;

function choiceOf(
  command: string,
  flags: { readonly due: boolean; readonly all: boolean; readonly within: string | undefined },
  whats: readonly string[],
): RenewalChoice {
  const ways = [whats.length > 0, flags.due || flags.within !== undefined, flags.all].filter(Boolean);
  if (ways.length !== 1) {
    const detail = `"devca ${command}" needs either names, "--due" or "--all"`;
    throw new DevcaError('DEVCA_USAGE_INVALID', { command, detail });
  }
  if (flags.all) return { kind: 'all' };
  if (whats.length > 0) return { kind: 'these', whats };
  return flags.within === undefined
    ? { kind: 'due' }
    : { kind: 'due', withinMs: parseDuration(flags.within, '--within', command) };
}

function preview(
  verb: string,
  { chosen, gone }: ChosenCertificates,
  { world, output }: CommandContext,
): CommandStatus {
  const certificates = chosen.map(({ serialNumber, names, profile, notAfter }) => {
    return { serial: serialNumber, names, profile, notAfter: notAfter.toISOString() };
  });
  output.result(
    { dryRun: true, certificates, skipped: gone.map((record) => skipped(record, 'files-gone')) },
    () =>
      chosen.length === 0
        ? `nothing to ${verb}`
        : chosen
            .map((record) => `would ${verb} ${labelOf(record)}, which ${endsIn(record, world)}`)
            .join('\n'),
  );
  return 0;
}

function endsIn({ notAfter }: CertificateRecord, world: World): string {
  const left = notAfter.getTime() - world.clock.now().getTime();
  return left >= 0 ? `ends in ${describeSpan(left)}` : `ended ${describeSpan(-left)} ago`;
}

function summary(
  verb: string,
  renewed: readonly IssuedCertificate[],
  hasFailed: boolean,
  world: World,
): string {
  const done = verb === 'renew' ? 'renewed' : 'rekeyed';
  if (renewed.length === 0) return hasFailed ? `${done} nothing` : `nothing to ${verb}`;
  return renewed
    .map((issued) => {
      const whose = issued.names.join(', ') || issued.subject;
      return `${done} the ${issued.profile} certificate for ${whose}\n${issuedFields(issued, world)}`;
    })
    .join('\n');
}

const skipped = ({ serialNumber, names }: CertificateRecord, reason: string) => ({
  serial: serialNumber,
  names,
  reason,
});

function failedEntry({ record, error }: { record: CertificateRecord; error: DevcaError }) {
  const { code, message, hints } = error;
  return { serial: record.serialNumber, names: record.names, error: { code, message, hints } };
}

/** What keeps several from being renewed, such as a key that does not open, is said once. */
function tellFailures(verb: string, failed: readonly FailedRenewal[], output: Output): void {
  const reasonOf = ({ error }: FailedRenewal) => `${error.message} [${error.code}]`;
  for (const reason of new Set(failed.map(reasonOf))) {
    const alike = failed.filter((each) => reasonOf(each) === reason);
    output.warn(`cannot ${verb} ${alike.map(({ record }) => labelOf(record)).join(', ')}: ${reason}`);
    for (const hint of alike[0]?.error.hints ?? []) output.note(`devca: hint: ${hint}`);
  }
}

function tellHook(ran: HookOutcome, output: Output): void {
  if (ran.ok) {
    output.note(`ran "${ran.program}"`);
    return;
  }
  const error = hookError(ran);
  output.warn(`${error.message} [${error.code}]`);
  for (const hint of error.hints) output.note(`devca: hint: ${hint}`);
}
