import { type Authority, issuesFromRoot } from '../authority/open-authority.ts';
import { placeFlags } from '../authority/place-flags.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { shellWord } from '../errors/shell-word.ts';
import { IMPORTED_PROFILE } from '../inventory/certificate-query.ts';
import type { CertificateRecord } from '../inventory/certificates.ts';
import type { Inventory } from '../inventory/database.ts';
import type { World } from '../platform/world.ts';
import { verifyChainSync } from '../validation/verify-chain.ts';
import { checkFiles, type FileCheck } from './check-files.ts';
import type { DoctorFinding } from './doctor-finding.ts';

/**
 * What is wrong with the certificates in use: files that are not what was delivered, an end that is near, and paths that
 * no longer lead to a root that is trusted. `generations` are those of every authority that are not retired.
 */
export function examineCertificates(
  generations: readonly Authority[],
  expiringBy: Date,
  inventory: Inventory,
  world: World,
): readonly DoctorFinding[] {
  const at = world.clock.now();
  const findings: DoctorFinding[] = [];
  for (const status of ['valid', 'not-yet-valid'] as const) {
    for (const record of inventory.certificates.list({ at, status, endEntitiesOnly: true })) {
      const certificate = { record, place: placeOf(record, generations, inventory, world) };
      // Without files, it was handed out for a moment, to a test, and nothing can renew it.
      const isHeld =
        record.profile === IMPORTED_PROFILE ||
        inventory.deliveries.current({ table: 'certificates', id: record.id }).length > 0;
      findings.push(
        // What was imported has its files and its issuers with the tool that made it.
        ...(record.profile === IMPORTED_PROFILE ? [] : examinePath(certificate, generations, inventory, at)),
        ...checkFiles({ table: 'certificates', id: record.id }, inventory, world).flatMap((file) =>
          fileFinding(file, certificate),
        ),
        ...(status === 'valid' && isHeld && record.notAfter <= expiringBy ? [endFinding(certificate)] : []),
      );
    }
  }
  return findings;
}

/** What is wrong with the files of the authorities themselves. */
export function examineAuthorityFiles(
  authority: Authority,
  inventory: Inventory,
  world: World,
): readonly DoctorFinding[] {
  const { record, root, issuer } = authority;
  const own = issuesFromRoot(authority) ? [root] : [root, issuer];
  const place = placeFlags(authority, world);
  const lists = own.flatMap(({ record: { id } }) => inventory.crls.latest(id) ?? []);
  const publicFiles = [
    ...own.map(({ record: { id } }) => ({ table: 'certificates', id }) as const),
    ...lists.map(({ id }) => ({ table: 'crls', id }) as const),
  ].flatMap((owner) => checkFiles(owner, inventory, world));
  const keys = checkFiles({ table: 'authorities', id: record.id }, inventory, world);
  return [
    ...publicFiles.flatMap((file) =>
      describeFile(
        file,
        `a file of the authority "${record.name}"`,
        `devca init --no-trust${nameFlags(place)}`,
      ),
    ),
    ...keys.flatMap((file) =>
      describeFile(file, `a key of the authority "${record.name}"`, `devca ca roll${place}`),
    ),
  ];
}

/** `devca init` calls an authority by `--name`. */
export const nameFlags = (place: string): string => place.replace(' --authority ', ' --name ');

interface Examined {
  readonly record: CertificateRecord;
  /** The flags that name its authority. */
  readonly place: string;
}

function placeOf(
  { authorityId }: CertificateRecord,
  generations: readonly Authority[],
  inventory: Inventory,
  world: World,
): string {
  const name = inventory.authorities.byId(authorityId)?.name;
  const authority = generations.find(({ record }) => record.name === name);
  return authority === undefined ? '' : placeFlags(authority, world);
}

function examinePath(
  { record, place }: Examined,
  generations: readonly Authority[],
  inventory: Inventory,
  at: Date,
): readonly DoctorFinding[] {
  const reason = pathProblem(record, generations, inventory, at);
  if (reason === undefined) return [];
  return [
    {
      id: 'path-broken',
      severity: 'problem',
      message: `the certificate for ${titleOf(record)} does not chain to a root that is in use: ${reason}`,
      fix: `devca renew ${record.serialNumber}${place}`,
    },
  ];
}

function pathProblem(
  { id, authorityId, notBefore }: CertificateRecord,
  generations: readonly Authority[],
  inventory: Inventory,
  at: Date,
): string | undefined {
  const own = generations.find(({ record }) => record.id === authorityId);
  if (own === undefined) return 'its generation of the authority is retired';
  const endEntity = inventory.certificates.der(id);
  if (endEntity === undefined) return 'the inventory has lost it';
  const result = verifyChainSync({
    endEntity,
    intermediates: issuesFromRoot(own) ? [] : [own.issuer.certificate.der],
    trustAnchors: generations.map(({ root }) => root.certificate.der),
    at: at > notBefore ? at : notBefore,
    purpose: 'any',
  });
  return result.valid ? undefined : (result.problems[0]?.message ?? 'it is not valid');
}

function endFinding({ record, place }: Examined): DoctorFinding {
  return {
    id: 'certificate-expiring',
    severity: 'warning',
    message: `the certificate for ${titleOf(record)} ends on ${record.notAfter.toISOString().slice(0, 10)}`,
    fix:
      record.profile === IMPORTED_PROFILE
        ? importedFix(record, place)
        : `devca renew ${record.serialNumber}${place}`,
  };
}

/** One with no name but its subject can't be issued again by that. */
const importedFix = ({ names, serialNumber }: CertificateRecord, place: string): string =>
  names.length === 0 ? `devca show ${serialNumber}` : `devca issue ${names.map(shellWord).join(' ')}${place}`;

function fileFinding(file: FileCheck, { record, place }: Examined): readonly DoctorFinding[] {
  const isKeyGone = file.format === 'key' || file.format === 'key-der';
  // Renewing keeps the key, and so needs the one that was delivered.
  const command = isKeyGone ? 'rekey' : 'renew';
  const force = file.state === 'changed' ? ' --force' : '';
  return describeFile(
    file,
    `${file.format} of the certificate for ${titleOf(record)}`,
    `devca ${command} ${record.serialNumber}${force}${place}`,
  );
}

function describeFile(file: FileCheck, what: string, fix: string): readonly DoctorFinding[] {
  const { path, state, detail } = file;
  const message = `"${path}" (${what}): ${detail}`;
  switch (state) {
    case 'as-delivered':
      return [];
    case 'too-open':
      return [{ id: 'key-too-open', severity: 'problem', message, fix: `chmod 600 ${shellWord(path)}` }];
    case 'unreadable':
      return [{ id: 'file-unreadable', severity: 'obstacle', message, fix: `ls -ld ${shellWord(path)}` }];
    case 'missing':
    case 'changed':
      return [{ id: `file-${state}`, severity: 'problem', message, fix }];
    default:
      throw new DevcaError('DEVCA_INTERNAL', { detail: `a file that is ${state satisfies never}` });
  }
}

const titleOf = ({ names, subject }: CertificateRecord): string => {
  const [first = subject, ...more] = names;
  return more.length === 0 ? `"${first}"` : `"${first}" and ${more.length} more`;
};
