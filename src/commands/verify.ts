import { generationIds } from '../authority/generations.ts';
import { type CommandContext, defineCommand } from '../cli/command.ts';
import { parseTime, TIME_WORDS } from '../cli/time.ts';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import type { Inventory } from '../inventory/database.ts';
import type { Certificate } from '../pki/certificate.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import { parseIpAddress } from '../pki/ip-address.ts';
import { homeOf } from '../platform/paths.ts';
import type { World } from '../platform/world.ts';
import type { ReferenceName, ValidationPolicy } from '../validation/request.ts';
import type { Reading } from '../verification/presented.ts';
import { readTarget, type TargetContext } from '../verification/read-target.ts';
import {
  readIntermediates,
  readKeyFile,
  readPassword,
  readRevocationLists,
} from '../verification/side-files.ts';
import type { VerificationReport } from '../verification/target-report.ts';
import { readTrustedRoots } from '../verification/trusted-roots.ts';
import { exitStatusOf, verifyReadings } from '../verification/verify-targets.ts';
import { VERSION } from '../version.ts';
import { inventoryIfPresent } from './inventory-if-present.ts';
import { verificationText } from './verify-text.ts';

const REPORTS = ['text', 'json', 'junit', 'sarif', 'github', 'markdown'] as const;

export const verifyCommand = defineCommand({
  name: 'verify',
  summary: 'verify certificate chains: files, servers, names of the inventory',
  details: `A TARGET is a file with a certificate and its chain in any form (PEM, DER, PKCS#7, PKCS#12, JKS, a Kubernetes Secret), a folder of such files, HOST:PORT, a name of the inventory, or "-" for standard input. What it is goes by its content. Intermediates come from the target itself and --intermediates only, so that what would fail where it is deployed fails here.\n\nExits 0 where all is good, 4 where something is bad, 1 where something could not be checked, 3 for a name that the inventory does not have.\n\n${TIME_WORDS}`,
  positionals: { target: { describe: 'what to verify', required: true, many: true } },
  flags: {
    host: {
      type: 'list',
      value: 'NAME',
      describe: 'a host or address that it must be for',
      group: 'Expected',
    },
    email: {
      type: 'list',
      value: 'ADDRESS',
      describe: 'an e-mail address that it must be for',
      group: 'Expected',
    },
    uri: { type: 'list', value: 'URI', describe: 'a URI that it must be for', group: 'Expected' },
    purpose: {
      type: 'string',
      choices: ['server', 'client', 'any'],
      describe: 'who uses it (default: server)',
      group: 'Expected',
    },
    key: {
      type: 'string',
      value: 'FILE',
      describe: 'the private key that must belong to it',
      group: 'Expected',
    },
    'min-days': { type: 'number', value: 'N', describe: 'days that must be left', group: 'Expected' },
    at: {
      type: 'string',
      value: 'TIME',
      describe: 'the time to verify for (default: now)',
      group: 'Expected',
    },
    policy: {
      type: 'string',
      choices: ['webpki', 'rfc5280'],
      describe: 'webpki (the default): what browsers take; rfc5280: the standard to the letter',
      group: 'Expected',
    },
    authority: {
      type: 'string',
      value: 'NAME',
      describe: 'of names of the inventory, only certificates of this authority',
      group: 'Expected',
    },
    roots: {
      type: 'string',
      value: 'WHICH',
      describe: 'what to trust: devca (the default), system, all, or a file',
      group: 'Trust',
    },
    intermediates: { type: 'list', value: 'FILE', describe: 'further intermediates', group: 'Trust' },
    crl: {
      type: 'list',
      value: 'FILE',
      describe: 'revocation lists; then one must speak for the end entity',
      group: 'Trust',
    },
    'password-file': {
      type: 'string',
      value: 'FILE',
      describe: 'the password of PKCS#12 and JKS files',
      group: 'Trust',
    },
    report: { type: 'string', choices: REPORTS, describe: 'how to report (default: text)', group: 'Report' },
    explain: {
      type: 'boolean',
      describe: 'draw the tree of candidates, and why each was dropped',
      group: 'Report',
    },
  },
  examples: [
    {
      command: 'devca verify api.test-fullchain.pem --host api.test --key api.test-key.pem',
      does: 'before it is deployed',
    },
    { command: 'devca verify localhost:8443', does: 'what a running server shows' },
    { command: 'devca verify ./certs --min-days 14 --report sarif', does: 'a folder, for code scanning' },
    { command: 'devca verify chain.pem --roots root.pem --explain', does: 'why a path was not found' },
  ],
  async run({ flags, positionals }, context) {
    const { world, output } = context;
    const format = output.json ? 'json' : ((flags.report ?? 'text') as (typeof REPORTS)[number]);
    if (output.json && flags.report !== undefined && flags.report !== 'json')
      throw new DevcaError('DEVCA_USAGE_INVALID', {
        command: 'verify',
        detail: '"--json" and "--report" ask for different reports',
      });
    const names = expectedNames(flags);
    const { home, inventory } = openHome(flags.home, flags.roots ?? 'devca', world);
    try {
      const password = readPassword(flags['password-file'], world);
      const place = { home, inventory, password };
      const authority = narrowedTo(flags.authority, place, world);
      const roots = readTrustedRoots(flags.roots ?? 'devca', place, world);
      const readings: Reading[] = [];
      for (const target of positionals.target)
        readings.push(await readTarget(target, { ...place, authority, names }, world));
      const report = verifyReadings(readings, {
        at: parseTime(flags.at, '--at', 'verify') ?? world.clock.now(),
        policy: (flags.policy ?? 'webpki') as ValidationPolicy,
        names,
        roots,
        intermediates: readIntermediates(flags.intermediates, password, world),
        crls: readRevocationLists(flags.crl, world),
        explain: flags.explain,
        ...(flags.purpose === undefined ? {} : { purpose: flags.purpose as 'server' | 'client' | 'any' }),
        ...(flags['min-days'] === undefined ? {} : { minDays: flags['min-days'] }),
        ...(flags.key === undefined ? {} : { key: readKeyFile(flags.key, world) }),
        ...(inventory === undefined ? {} : { fullchainOf: (endEntity) => fullchainOf(endEntity, inventory) }),
      });
      await print(report, format, context);
      return exitStatusOf(report);
    } finally {
      inventory?.close();
    }
  },
});

async function print(
  report: VerificationReport,
  format: (typeof REPORTS)[number],
  { output }: CommandContext,
): Promise<void> {
  switch (format) {
    case 'text':
      return output.result(report, () => verificationText(report, output));
    case 'json':
      return output.raw(`${JSON.stringify({ schema: 1, ...report }, null, 2)}\n`);
    case 'junit':
      return output.raw((await import('../verification/reports/junit.ts')).formatJunit(report));
    case 'sarif':
      return output.raw((await import('../verification/reports/sarif.ts')).formatSarif(report, VERSION));
    case 'github':
      return output.raw((await import('../verification/reports/github.ts')).formatGithub(report));
    case 'markdown':
      return output.raw((await import('../verification/reports/markdown.ts')).formatMarkdown(report));
  }
}

function expectedNames(flags: {
  readonly host: readonly string[];
  readonly email: readonly string[];
  readonly uri: readonly string[];
}): readonly ReferenceName[] {
  const host = (value: string): ReferenceName => {
    const bare = value.replace(/^\[(.*)\]$/, '$1');
    return parseIpAddress(bare) === undefined ? { kind: 'dns', value } : { kind: 'ip', value: bare };
  };
  return [
    ...flags.host.map(host),
    ...flags.email.map((value): ReferenceName => ({ kind: 'email', value })),
    ...flags.uri.map((value): ReferenceName => ({ kind: 'uri', value })),
  ];
}

/** A home that cannot be read matters only to those who trust its root. */
function openHome(
  flag: string | undefined,
  roots: string,
  world: World,
): { readonly home: string; readonly inventory: Inventory | undefined } {
  try {
    const home = homeOf(flag, world.system);
    return { home, inventory: inventoryIfPresent(home, world) };
  } catch (error) {
    if (!isDevcaError(error) || flag !== undefined || ['devca', 'all'].includes(roots)) throw error;
    return { home: world.system.environment['DEVCA_HOME'] ?? '', inventory: undefined };
  }
}

/** The authority that names of the inventory are narrowed to. Throws DEVCA_AUTHORITY_UNKNOWN. */
function narrowedTo(
  name: string | undefined,
  { home, inventory }: { readonly home: string; readonly inventory: Inventory | undefined },
  world: World,
): TargetContext['authority'] {
  if (name === undefined) return undefined;
  if (inventory === undefined) throw new DevcaError('DEVCA_AUTHORITY_MISSING', { home });
  return { name, generationIds: generationIds(inventory, name, world) };
}

/** The fullchain file that would mend a missing intermediate, where the inventory has that intermediate. */
function fullchainOf(endEntity: Certificate, inventory: Inventory): string | undefined {
  const record = inventory.certificates.bySha256(sha256Hex(endEntity.der));
  if (record === undefined) return undefined;
  return inventory.deliveries
    .current({ table: 'certificates', id: record.id })
    .find(({ format }) => format === 'fullchain')?.path;
}
