import { areInPlace } from '../authority/due.ts';
import { type Authority, issuesFromRoot } from '../authority/open-authority.ts';
import { placeFlags } from '../authority/place-flags.ts';
import { commandForSameAgain } from '../authority/same-again.ts';
import { shellWord } from '../errors/shell-word.ts';
import { IMPORTED_PROFILE } from '../inventory/certificate-query.ts';
import type { CertificateRecord } from '../inventory/certificates.ts';
import type { Inventory } from '../inventory/database.ts';
import { deliveredCertificates } from '../inventory/delivered-certificates.ts';
import type { DeliveryRecord } from '../inventory/deliveries.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import type { World } from '../platform/world.ts';
import { verifyChainSync } from '../validation/verify-chain.ts';
import { checkFiles, type FileCheck } from './check-files.ts';
import { describeFile, settledDeliveries } from './doctor-files.ts';
import type { DoctorFinding } from './doctor-finding.ts';

/**
 * What is wrong with the certificates in use: files that are not what was delivered, an end that is near or past, and
 * paths that no longer lead to a root that is trusted. `generations` are those of every authority that are not retired.
 */
export function examineCertificates(
  generations: readonly Authority[],
  expiringBy: Date,
  inventory: Inventory,
  world: World,
): readonly DoctorFinding[] {
  const at = world.clock.now();
  const places = placesOf(generations, inventory, world);
  const paths = examinedPaths(generations, inventory, at);
  const usable = new Set(inventory.authorities.names());
  const destroyed = new Set(
    inventory.authorities.all().flatMap(({ id, name }) => (usable.has(name) ? [] : [id])),
  );
  return (['expired', 'valid', 'not-yet-valid'] as const).flatMap((status) => {
    const records = inventory.certificates.list({ at, status, endEntitiesOnly: true });
    const delivered = deliveredCertificates(records, inventory.deliveries);
    return Array.from(delivered, ({ record, files }): readonly DoctorFinding[] => {
      const certificate = { record, place: places.get(record.authorityId) ?? '' };
      if (destroyed.has(record.authorityId))
        return areInPlace(files, world) ? [destroyedFinding(record, files, inventory, world)] : [];
      const settled = () => checkFiles(settledDeliveries(files, inventory, world), world);
      if (status === 'expired') return areInPlace(files, world) ? endedFindings(settled(), certificate) : [];
      const isImported = record.profile === IMPORTED_PROFILE;
      // Without files, it was handed out for a moment, to a test, and nothing can renew it.
      const isHeld = isImported || files.length > 0;
      return [
        // What was imported has its files and its issuers with the tool that made it.
        ...(isImported ? [] : pathFindings(certificate, paths(record))),
        ...filesFindings(settled(), certificate),
        ...(status === 'valid' && isHeld && record.notAfter <= expiringBy ? [endFinding(certificate)] : []),
      ];
    }).flat();
  });
}

interface Examined {
  readonly record: CertificateRecord;
  /** The flags that name its authority. */
  readonly place: string;
}

/** The flags by the ids of generations, also of those that are retired. */
function placesOf(
  generations: readonly Authority[],
  inventory: Inventory,
  world: World,
): ReadonlyMap<number, string> {
  const places = new Map(generations.map((each) => [each.record.name, placeFlags(each, world)]));
  return new Map(inventory.authorities.all().map(({ id, name }) => [id, places.get(name) ?? '']));
}

function pathFindings({ record, place }: Examined, reason: string | undefined): readonly DoctorFinding[] {
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

/** Its authority has nothing left to renew it with. */
const destroyedFinding = (
  record: CertificateRecord,
  files: readonly DeliveryRecord[],
  inventory: Inventory,
  world: World,
): DoctorFinding => ({
  id: 'path-broken',
  severity: 'problem',
  message: `the certificate for ${titleOf(record)} is in its place still, and its authority was destroyed: issue it anew where it is needed; where it is not, remove its files`,
  fix: commandForSameAgain(record, files, inventory, world),
});

/**
 * What is wrong with the path of a certificate. Each was validated before it was recorded, so where one of a generation
 * has a path now, the others have it that are still what was recorded: two signatures for each of 200,000 certificates
 * would take minutes.
 */
function examinedPaths(
  generations: readonly Authority[],
  inventory: Inventory,
  at: Date,
): (record: CertificateRecord) => string | undefined {
  const byId = new Map(generations.map((each) => [each.record.id, each]));
  const sound = new Set<number>();
  return ({ id, authorityId, notBefore, sha256 }) => {
    const own = byId.get(authorityId);
    if (own === undefined) return 'its generation of the authority is retired';
    const endEntity = inventory.certificates.der(id);
    if (endEntity === undefined || sha256Hex(endEntity) !== sha256) return 'the inventory has lost it';
    const isBegun = notBefore <= at;
    if (isBegun && sound.has(authorityId)) return undefined;
    const result = verifyChainSync({
      endEntity,
      intermediates: issuesFromRoot(own) ? [] : [own.issuer.certificate.der],
      trustAnchors: generations.map(({ root }) => root.certificate.der),
      at: isBegun ? at : notBefore,
      purpose: 'any',
    });
    if (result.valid && isBegun) sound.add(authorityId);
    return result.valid ? undefined : (result.problems[0]?.message ?? 'it is not valid');
  };
}

function endFinding(certificate: Examined): DoctorFinding {
  const { record } = certificate;
  return {
    id: 'certificate-expiring',
    severity: 'warning',
    message: `the certificate for ${titleOf(record)} ends on ${day(record.notAfter)}`,
    fix: renewingCommand(certificate),
  };
}

/** It is told where it is in its place: otherwise it is history. */
function endedFindings(files: readonly FileCheck[], certificate: Examined): readonly DoctorFinding[] {
  const { record } = certificate;
  const others = filesFindings(files, certificate);
  const renewed = others.find(({ id }) => id === 'file-missing' || id === 'file-changed');
  const ended: DoctorFinding = {
    id: 'certificate-expired',
    severity: 'problem',
    message: `the certificate for ${titleOf(record)} ended on ${day(record.notAfter)} and is still in its place`,
    // What mends its files renews it too.
    fix: renewed?.fix ?? renewingCommand(certificate),
  };
  return [...others, ended];
}

/** What was imported is issued anew; with no name but its subject it can't be. */
function renewingCommand({ record: { profile, names, serialNumber }, place }: Examined): string {
  if (profile !== IMPORTED_PROFILE) return `devca renew ${serialNumber}${place}`;
  return names.length === 0
    ? `devca show ${serialNumber}`
    : `devca issue ${names.map(shellWord).join(' ')}${place}`;
}

/** Where nothing is left of it, nothing can be renewed. */
function filesFindings(files: readonly FileCheck[], certificate: Examined): readonly DoctorFinding[] {
  const [first, ...others] = files;
  return first !== undefined && files.every(({ state }) => state === 'missing')
    ? [goneFinding(first, others.length, certificate)]
    : files.flatMap((file) => fileFinding(file, certificate));
}

function goneFinding({ path }: FileCheck, others: number, { record, place }: Examined): DoctorFinding {
  const more = others === 0 ? '' : ` and ${others} more`;
  return {
    id: 'file-missing',
    severity: 'problem',
    message: `every file of the certificate for ${titleOf(record)} is gone, "${path}"${more}: issue it anew where it is needed; where it is not, revoke it`,
    fix: `devca revoke ${record.serialNumber}${place}`,
  };
}

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

const day = (date: Date): string => date.toISOString().slice(0, 10);

const titleOf = ({ names, subject }: CertificateRecord): string => {
  const [first = subject, ...more] = names;
  return more.length === 0 ? `"${first}"` : `"${first}" and ${more.length} more`;
};
