import { resolve } from 'node:path';
import type { CertificatePlan } from '../authority/certificate-plan.ts';
import { type IssueRequest, issueCertificate, previewCertificates } from '../authority/issue.ts';
import { type CommandContext, defineCommand } from '../cli/command.ts';
import { parseDuration } from '../cli/duration.ts';
import { parseTime, TIME_WORDS } from '../cli/time.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { KEY_TYPES, type KeyType } from '../pki/key.ts';
import { homeOf } from '../platform/paths.ts';
import {
  type ChosenFormats,
  chooseFormats,
  FORMAT_FLAGS,
  refuseKeyFormats,
  tellPassword,
} from './formats.ts';
import { issuedFields } from './issued-text.ts';
import { warnOfRecovery } from './recovery-warning.ts';
import { SUBJECT_FLAGS, subjectOf } from './subject-flags.ts';

export const issueCommand = defineCommand({
  name: 'issue',
  summary: 'make a certificate for names, with its key',
  details: `Writes NAME.pem, NAME-key.pem and NAME-fullchain.pem into the current folder, or where --out says. A NAME is a host name (also with a leading "*."), an address, an e-mail address or a URI; for the profiles client and service the first is what the certificate is called. With --format other files are written instead; with --csr the certificate is for the key of a request, and has its names unless others are given.\n\n${TIME_WORDS}`,
  positionals: { name: { describe: 'what the certificate is for', many: true } },
  flags: {
    profile: {
      type: 'string',
      value: 'NAME',
      describe: 'server (the default), client, service, or one of your own',
    },
    'key-type': { type: 'string', choices: KEY_TYPES, describe: 'the kind of key (default: ec-p256)' },
    'trust-domain': {
      type: 'string',
      value: 'NAME',
      describe: 'of clients and services (default: dev.internal)',
    },
    cn: {
      type: 'string',
      value: 'TEXT',
      describe: 'the common name, instead of the one that the profile gives',
    },
    ...SUBJECT_FLAGS,
    days: { type: 'number', value: 'N', describe: 'how long it lives (default: by profile)' },
    for: { type: 'string', value: 'TIME', describe: 'how long it lives, such as 12h or 90m' },
    'not-before': {
      type: 'string',
      value: 'TIME',
      describe: 'when it begins, such as 2026-12-01 or 2026-12-01T08:00:00Z',
    },
    'not-after': { type: 'string', value: 'TIME', describe: 'when it ends' },
    out: { type: 'string', alias: 'o', value: 'DIR', describe: 'the folder for the files' },
    'cert-file': { type: 'string', value: 'FILE', describe: 'where the certificate goes' },
    'key-file': { type: 'string', value: 'FILE', describe: 'where the key goes' },
    chain: { type: 'boolean', describe: 'write NAME-chain.pem too: the intermediate alone' },
    root: { type: 'boolean', describe: 'write root.pem too' },
    csr: {
      type: 'string',
      value: 'FILE',
      describe: 'certify the key of this PKCS#10 request, in PEM or DER ("-": standard input)',
    },
    ...FORMAT_FLAGS,
    force: { type: 'boolean', describe: 'overwrite files that devca did not write' },
    'crl-url': {
      type: 'list',
      value: 'URL',
      describe: "name this place of the authority's revocation list in the certificate",
    },
    authority: {
      type: 'string',
      value: 'NAME',
      describe: 'the authority that issues (default: the default one)',
    },
    'dry-run': { type: 'boolean', describe: 'check the request and print what would be issued' },
  },
  examples: [
    { command: 'devca issue localhost 127.0.0.1 ::1', does: 'a server certificate for this machine' },
    { command: 'devca issue --profile client alice', does: 'a client certificate' },
    {
      command: 'devca issue --profile service orders orders.test',
      does: 'a service: server and client, with a SPIFFE ID',
    },
    {
      command: 'devca issue "*.app.test" --key-type rsa-2048 --out certs',
      does: 'a wildcard with an RSA key',
    },
    { command: 'devca issue api.test --format pem,p12', does: 'with a PKCS#12 key store beside it' },
    { command: 'devca issue api.test --for 12h', does: 'a short life, for "devca watch" to renew' },
    { command: 'devca issue --csr request.pem', does: 'for a key that stays where it was made' },
  ],
  async run({ flags, positionals }, context) {
    const { world, output } = context;
    const chosen = await chooseFormats(flags, 'issue', world);
    refuseContradictions(flags, chosen);
    const asked: IssueRequest = {
      names: positionals.name,
      ...optional('profile', flags.profile),
      ...optional('keyType', flags['key-type'] as KeyType | undefined),
      ...optional('trustDomain', flags['trust-domain']),
      ...optional('commonName', flags.cn),
      ...subjectOf(flags),
      ...optional('days', flags.days),
      ...optional('lifeMs', flags.for === undefined ? undefined : parseDuration(flags.for, '--for', 'issue')),
      ...optional('notBefore', parseTime(flags['not-before'], '--not-before', 'issue')),
      ...optional('notAfter', parseTime(flags['not-after'], '--not-after', 'issue')),
      ...optional('out', flags.out),
      ...optional('certFile', flags['cert-file']),
      ...optional('keyFile', flags['key-file']),
      crlUrls: flags['crl-url'],
      withChain: flags.chain,
      withRoot: flags.root,
      withoutPem: !chosen.formats.includes('pem'),
      ...optional('encode', chosen.encode),
    };
    const home = homeOf(flags.home, world.system);
    const request = flags.csr === undefined ? asked : await withCsr(flags.csr, asked, home, context);
    const place = {
      home,
      force: flags.force,
      ...optional('authority', flags.authority),
    };
    if (flags['dry-run']) return preview(previewCertificates([request], place, world), context);
    const issued = await issueCertificate(request, place, world);
    warnOfRecovery(issued.recovery, output);
    for (const warning of issued.warnings) output.warn(warning);
    output.report(
      {
        certificate: {
          serial: issued.serialNumber,
          sha256: issued.sha256,
          profile: issued.profile,
          names: issued.names,
          subject: issued.subject,
          notBefore: issued.notBefore.toISOString(),
          notAfter: issued.notAfter.toISOString(),
          authority: issued.authority,
          replaced: issued.replaced,
        },
        files: issued.files,
        warnings: issued.warnings,
        ...tellPassword(chosen.password, context),
      },
      () =>
        [
          `issued a ${issued.profile} certificate for ${issued.names.join(', ')}`,
          issuedFields(issued, world),
        ].join('\n'),
    );
    return 0;
  },
});

/** Loads what reads requests, which few runs need. */
async function withCsr(
  source: string,
  asked: IssueRequest,
  home: string,
  { world, output }: CommandContext,
): Promise<IssueRequest> {
  const { LARGEST_REQUEST, requestFromCsr } = await import('../authority/issue-from-request.ts');
  const bytes =
    source === '-'
      ? await world.terminal.readInput()
      : world.files.readNamed(resolve(world.system.workingFolder, source), LARGEST_REQUEST);
  const { request, warnings } = requestFromCsr(bytes, source, asked, home, world);
  for (const warning of warnings) output.warn(warning);
  return request;
}

/** Flags that leave each other nothing to do. */
function refuseContradictions(
  flags: Readonly<Record<'csr' | 'key-type' | 'key-file' | 'cert-file', string | undefined>>,
  { formats }: ChosenFormats,
): void {
  const refuse = (detail: string) => new DevcaError('DEVCA_USAGE_INVALID', { command: 'issue', detail });
  if (flags.csr !== undefined) {
    const flag = (['key-type', 'key-file'] as const).find((name) => flags[name] !== undefined);
    if (flag !== undefined) throw refuse(`"--csr" brings its own key, so "--${flag}" has no use`);
    refuseKeyFormats(formats);
  }
  const flag = (['cert-file', 'key-file'] as const).find((name) => flags[name] !== undefined);
  if (flag !== undefined && !formats.includes('pem'))
    throw refuse(`"--${flag}" is the place of a PEM file, and "--format" leaves those out`);
}

function preview(plans: readonly CertificatePlan[], { output }: CommandContext): 0 {
  const certificates = plans.map((plan) => ({
    profile: plan.profile.name,
    names: plan.names.map(({ value }) => value),
    commonName: plan.commonName ?? null,
    notBefore: plan.notBefore.toISOString(),
    notAfter: plan.notAfter.toISOString(),
    warnings: plan.warnings,
  }));
  for (const { warnings } of plans) for (const warning of warnings) output.warn(warning);
  output.result({ dryRun: true, certificate: certificates[0] }, () =>
    certificates
      .map(
        ({ profile, names, notAfter }) =>
          `would issue a ${profile} certificate for ${names.join(', ')} until ${notAfter}`,
      )
      .join('\n'),
  );
  return 0;
}

/** A member that is there only where its value is. */
function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [K in Key]?: Value });
}
