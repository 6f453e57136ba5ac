import { hasFiles } from '../authority/due.ts';
import { refuseUnknownProfile } from '../authority/find-profile.ts';
import { generationIds } from '../authority/generations.ts';
import { defineCommand } from '../cli/command.ts';
import { formatCsv } from '../cli/csv.ts';
import { describeSpan, parseDuration } from '../cli/duration.ts';
import { type Cell, formatTable } from '../cli/table.ts';
import { DevcaError } from '../errors/devca-error.ts';
import type { AuthorityRecord } from '../inventory/authorities.ts';
import type { CertificateFilter } from '../inventory/certificate-query.ts';
import {
  CERTIFICATE_STATUSES,
  type CertificateStatus,
  certificateStatus,
} from '../inventory/certificate-status.ts';
import type { CertificateRecord } from '../inventory/certificates.ts';
import { type Inventory, inventoryPath, openInventory } from '../inventory/database.ts';
import { deliveredCertificates } from '../inventory/delivered-certificates.ts';
import type { DeliveryRecord } from '../inventory/deliveries.ts';
import { checkFiles, type FileCheck, type FileState } from '../lifecycle/check-files.ts';
import { homeOf } from '../platform/paths.ts';
import type { World } from '../platform/world.ts';

export const listCommand = defineCommand({
  name: 'list',
  summary: 'list the certificates that were issued',
  positionals: {},
  flags: {
    status: { type: 'string', choices: CERTIFICATE_STATUSES, describe: 'only those that are this' },
    profile: { type: 'string', value: 'NAME', describe: 'only those of this profile' },
    expiring: {
      type: 'string',
      value: 'TIME',
      describe:
        'only those that end within this time, such as 30d, or have ended and are still in their places',
    },
    authority: { type: 'string', value: 'NAME', describe: 'only those of this authority' },
    old: {
      type: 'boolean',
      describe: 'only those that still hang on an earlier generation of their authority',
    },
    limit: { type: 'number', value: 'N', describe: 'at most this many' },
    all: {
      type: 'boolean',
      describe: 'the authority\'s own certificates too, and those made for "trust status --prove"',
    },
    files: { type: 'boolean', describe: 'every delivered file, and whether it still is what was delivered' },
    csv: { type: 'boolean', describe: 'as comma-separated values, every column, for a spreadsheet' },
    check: {
      type: 'boolean',
      describe: 'exit with 4 where --expiring finds a certificate, or --files one that is not as delivered',
    },
  },
  examples: [
    { command: 'devca list', does: 'everything that was issued' },
    { command: 'devca list --expiring 30d --json', does: 'what has to be renewed soon, for a script' },
    { command: 'devca list --files --check', does: 'whether the files are as devca wrote them' },
    { command: 'devca list --old', does: 'what keeps "devca ca retire" from being run' },
    { command: 'devca list --csv > certificates.csv', does: 'for a spreadsheet' },
    { command: 'devca list --status revoked', does: 'what must not be accepted any more' },
  ],
  async run({ flags }, { world, output }) {
    refuseContradictions(flags, output.json);
    const at = world.clock.now();
    const within =
      flags.expiring === undefined ? undefined : parseDuration(flags.expiring, '--expiring', 'list');
    const home = homeOf(flags.home, world.system);
    const inventory = openInventory(inventoryPath(home), world, { readOnly: true });
    try {
      const authorityIds = narrowedTo(flags, inventory, world);
      const status = flags.status as CertificateStatus | undefined;
      const filter = {
        at,
        endEntitiesOnly: !flags.all,
        ...(authorityIds === undefined ? {} : { authorityIds }),
        ...(flags.profile === undefined ? {} : { profile: flags.profile }),
        ...(flags.limit === undefined ? {} : { limit: flags.limit }),
      };
      // What is over, revoked or replaced hangs on nothing any more.
      const statuses = status === undefined && flags.old ? LIVE : [status];
      const records = (
        within === undefined
          ? statuses.flatMap((each) =>
              inventory.certificates.list(each === undefined ? filter : { ...filter, status: each }),
            )
          : endingBy(new Date(at.getTime() + within), filter, inventory, world)
      ).slice(0, flags.limit);
      const generations = inventory.authorities.all();
      const delivered = deliveredCertificates(records, inventory.deliveries);
      const certificates = Array.from(delivered, ({ record, files }) => ({
        ...certificateEntry(record, at, generations, files),
        ...(flags.files ? { checks: checkFiles(files, world) } : {}),
      }));
      if (flags.profile !== undefined && records.length === 0) {
        // Certificates of a profile that is gone since are still listed.
        const { certificates: all } = inventory;
        if (all.list({ at, profile: flags.profile, limit: 1 }).length === 0)
          refuseUnknownProfile(flags.profile, home, world);
      }
      const isOne = generations.length <= 1;
      if (flags.csv) output.raw(formatCsv(CSV_HEADING, certificates.map(csvRow)));
      else
        output.result({ certificates }, () =>
          certificates.length === 0
            ? `no certificates${flags.expiring === undefined ? '' : ` that end within ${flags.expiring}`}`
            : flags.files
              ? formatTable(
                  FILE_HEADING,
                  certificates.flatMap((certificate) => fileRows(certificate)),
                  output,
                )
              : formatTable(
                  [...HEADING.slice(0, 2), ...(isOne ? [] : ['AUTHORITY']), ...HEADING.slice(2)],
                  certificates.map((certificate) => row(certificate, isOne, at)),
                  output,
                ),
        );
      const isBad =
        (within !== undefined && certificates.length > 0) ||
        certificates.some(({ checks = [] }) => checks.some(({ state }) => state !== 'as-delivered'));
      return flags.check && isBad ? 4 : 0;
    } finally {
      inventory.close();
    }
  },
});

/** Throws DEVCA_USAGE_INVALID. */
function refuseContradictions(
  flags: {
    readonly csv: boolean;
    readonly files: boolean;
    readonly check: boolean;
    readonly expiring: string | undefined;
    readonly status: string | undefined;
  },
  isJson: boolean,
): void {
  const usage = (detail: string) => new DevcaError('DEVCA_USAGE_INVALID', { command: 'list', detail });
  if (flags.csv && (flags.files || isJson))
    throw usage(`"--csv" and "${flags.files ? '--files' : '--json'}" do not go together`);
  if (flags.status !== undefined && flags.expiring !== undefined)
    throw usage('"--status" and "--expiring" do not go together');
  if (flags.check && !flags.files && flags.expiring === undefined)
    throw usage('"--check" needs "--expiring" or "--files": a list alone is neither good nor bad');
}

/**
 * What is valid and ends by a time, that first which ends first, and before it what has ended while files of it are in
 * their places: servers that use them are refused already.
 */
function endingBy(
  time: Date,
  filter: CertificateFilter,
  inventory: Inventory,
  world: World,
): readonly CertificateRecord[] {
  const { limit: _, ...unlimited } = filter;
  const ended = inventory.certificates
    .list({ ...unlimited, status: 'expired' })
    .filter((record) => hasFiles(record, inventory, world))
    .toReversed();
  return [...ended, ...inventory.certificates.list({ ...filter, expiringBy: time })];
}

const LIVE = ['valid', 'not-yet-valid'] as const;

const HEADING = ['NAMES', 'PROFILE', 'STATUS', 'ENDS', 'SERIAL', 'FILE'];

const FILE_HEADING = ['NAMES', 'SERIAL', 'FORMAT', 'STATE', 'FILE'];

const FILE_STYLES = {
  'as-delivered': 'green',
  'too-open': 'red',
  changed: 'red',
  missing: 'red',
  unreadable: 'yellow',
} as const satisfies Record<FileState, string>;

/** A certificate without files, such as one that was replaced, has one row that says so. */
function fileRows({
  names,
  subject,
  serial,
  checks = [],
}: CertificateEntry & { readonly checks?: readonly FileCheck[] }): readonly Cell[][] {
  const start = [names.length === 0 ? subject : shorten(names), serial.slice(0, 12)];
  if (checks.length === 0) return [[...start, '-', '-', '-']];
  return checks.map(({ format, state, path }) => [
    ...start,
    format,
    { text: state, style: FILE_STYLES[state] },
    path,
  ]);
}

/** The generations that flags narrow a list to. Throws DEVCA_AUTHORITY_UNKNOWN. */
function narrowedTo(
  { authority, old }: { readonly authority: string | undefined; readonly old: boolean },
  inventory: Inventory,
  world: World,
): readonly number[] | undefined {
  if (authority === undefined && !old) return undefined;
  const own = authority === undefined ? undefined : generationIds(inventory, authority, world);
  return inventory.authorities
    .all()
    .filter(({ id }) => own?.includes(id) ?? true)
    .filter(({ id, name }) => {
      const latest = inventory.authorities.latest(name);
      // Of one that is destroyed nothing hangs on anything any more.
      return !old || (latest !== undefined && latest.id !== id);
    })
    .map(({ id }) => id);
}

type CertificateEntry = ReturnType<typeof certificateEntry>;

/** One certificate of the inventory as `list --json` shows it. */
export function certificateEntry(
  record: CertificateRecord,
  at: Date,
  generations: readonly AuthorityRecord[],
  delivered: readonly DeliveryRecord[],
) {
  const own = generations.find(({ id }) => id === record.authorityId);
  // The latest generation of each name comes first.
  const latest = generations.find(({ name }) => name === own?.name);
  return {
    serial: record.serialNumber,
    sha256: record.sha256,
    profile: record.profile,
    names: record.names,
    subject: record.subject,
    notBefore: record.notBefore.toISOString(),
    notAfter: record.notAfter.toISOString(),
    status: certificateStatus(record, at),
    authority: own?.name ?? '',
    generation: own?.generation ?? 1,
    /** Whether a later generation of the authority issues by now. */
    old: latest?.id !== record.authorityId,
    /** Whether nothing trusts its generation any more. */
    retired: own?.retiredAt !== undefined,
    /** Whether nothing of its authority is left: there is no later generation that could renew it. */
    destroyed: latest?.retiredAt !== undefined,
    keyAlgorithm: record.keyAlgorithm,
    files: Object.fromEntries(delivered.map(({ format, path }) => [format, path])),
  };
}

/** What is to be said of the generation of a certificate that is not the present one. */
export function generationNote({
  old,
  retired,
  destroyed,
}: Pick<CertificateEntry, 'old' | 'retired' | 'destroyed'>): string {
  if (destroyed) return ' (destroyed)';
  if (retired) return ' (retired)';
  return old ? ' (old)' : '';
}

const CSV_HEADING = [
  'serial',
  'sha256',
  'profile',
  'names',
  'subject',
  'notBefore',
  'notAfter',
  'status',
  'authority',
  'generation',
  'keyAlgorithm',
  'file',
] as const satisfies readonly (keyof CertificateEntry | 'file')[];

function csvRow(certificate: CertificateEntry): readonly string[] {
  return CSV_HEADING.map((column) => {
    if (column === 'file') return mainFile(certificate) ?? '';
    const value = certificate[column];
    return Array.isArray(value) ? value.join(' ') : String(value);
  });
}

const mainFile = ({ files }: CertificateEntry): string | undefined =>
  files['cert'] ?? Object.values(files)[0];

const STATUS_STYLES = {
  valid: 'green',
  'not-yet-valid': 'yellow',
  expired: 'red',
  revoked: 'red',
  replaced: 'dim',
} as const satisfies Record<CertificateStatus, string>;

function row(certificate: CertificateEntry, isOne: boolean, at: Date): Cell[] {
  const left = Date.parse(certificate.notAfter) - at.getTime();
  const names = certificate.names.length === 0 ? certificate.subject : shorten(certificate.names);
  return [
    names,
    certificate.profile,
    ...(isOne ? [] : [`${certificate.authority} ${certificate.generation}${generationNote(certificate)}`]),
    { text: certificate.status, style: STATUS_STYLES[certificate.status] },
    left >= 0 ? `in ${describeSpan(left)}` : `${describeSpan(-left)} ago`,
    certificate.serial.slice(0, 12),
    mainFile(certificate) ?? '-',
  ];
}

function shorten(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} +${names.length - 3}` : shown;
}
