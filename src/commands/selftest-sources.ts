import { resolve } from 'node:path';
import { generationFile } from '../authority/authority-files.ts';
import { generationIds, isOfDestroyed } from '../authority/generations.ts';
import { readHome } from '../authority/home.ts';
import { canSignLists } from '../authority/imported-certificate.ts';
import { requireAuthority } from '../authority/open-authority.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { AUTHORITY_PROFILES } from '../inventory/certificate-query.ts';
import { certificateStatus } from '../inventory/certificate-status.ts';
import type { CertificateRecord } from '../inventory/certificates.ts';
import type { Inventory } from '../inventory/database.ts';
import { meantCertificates } from '../inventory/meant-certificates.ts';
import { parseCertificate } from '../pki/certificate.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import { decodePem, encodePem } from '../pki/pem.ts';
import type { World } from '../platform/world.ts';
import { certificateLabel } from '../proof/certificate-label.ts';
import type { SubjectFile, SubjectSource } from '../proof/subject-source.ts';

/** No certificate file is larger. */
const FILE_LIMIT = 1024 * 1024;

/** Everything that is valid and not replaced. Throws DEVCA_PROOF_NOTHING where that is nothing. */
export function allSources(home: string, world: World, authority?: string): readonly SubjectSource[] {
  return readHome(home, world, (inventory) => {
    const at = world.clock.now();
    if (authority !== undefined) requireAuthority(inventory, home, world, authority);
    const records = inventory.certificates
      .list({ at, status: 'valid', endEntitiesOnly: true })
      .filter(({ authorityId }) => {
        if (authority === undefined) return !isOfDestroyed({ authorityId }, inventory);
        return inventory.authorities.byId(authorityId)?.name === authority;
      });
    if (records.length === 0) throw new DevcaError('DEVCA_PROOF_NOTHING', { home });
    return records.map((record) => recordedSource(record, inventory, home, world));
  });
}

/**
 * The certificate that a name, serial number, fingerprint or file means, of a name that of one authority where that is
 * given. Throws DEVCA_INVENTORY_UNKNOWN, DEVCA_AUTHORITY_UNKNOWN.
 */
export function namedSource(what: string, home: string, world: World, authority?: string): SubjectSource {
  return readHome(home, world, (inventory) => {
    const authorityIds = authority === undefined ? undefined : generationIds(inventory, authority, world);
    const inFile = firstInFile(resolve(world.system.workingFolder, what), world);
    const byFile = inFile === undefined ? undefined : inventory.certificates.bySha256(sha256Hex(inFile));
    const found =
      byFile === undefined || AUTHORITY_PROFILES.includes(byFile.profile)
        ? meantCertificates(what, inventory, { endEntitiesOnly: true, authorityIds })
        : [byFile];
    const at = world.clock.now();
    const record = found.find((each) => certificateStatus(each, at) === 'valid') ?? found[0];
    if (record === undefined)
      throw new DevcaError('DEVCA_INVENTORY_UNKNOWN', { what, isFile: inFile !== undefined, authority });
    return recordedSource(record, inventory, home, world);
  });
}

export interface GivenFiles {
  readonly cert: string;
  readonly key: string;
  readonly chain: string | undefined;
  /** A file of roots. Default: those of the authorities in the home. */
  readonly roots: string | undefined;
}

/** Files that were named on the command line, whoever issued what is in them. */
export function givenSource(files: GivenFiles, home: string, world: World): SubjectSource {
  const path = (file: string) => resolve(world.system.workingFolder, file);
  const given: SubjectFile[] = [
    { path: path(files.cert), format: 'cert' },
    ...(files.chain === undefined ? [] : [{ path: path(files.chain), format: 'chain' }]),
    { path: path(files.key), format: 'key' },
  ];
  const der = firstInFile(path(files.cert), world);
  const certificate = der === undefined ? undefined : parseCertificate(der);
  return {
    serial: certificate?.serialNumber ?? '',
    name: certificate === undefined ? files.cert : certificateLabel(certificate),
    files: given,
    roots: files.roots === undefined ? ownRoots(home, world) : rootsIn(path(files.roots), world),
  };
}

function recordedSource(
  record: CertificateRecord,
  inventory: Inventory,
  home: string,
  world: World,
): SubjectSource {
  const { certificates } = inventory;
  const at = world.clock.now();
  const issuers = ['intermediate', 'root'].flatMap((profile) =>
    certificates.list({ at, authorityId: record.authorityId, profile, limit: 1 }),
  );
  const certificate = certificates.der(record.id);
  const delivered = inventory.deliveries.current({ table: 'certificates', id: record.id });
  const authority = inventory.authorities.byId(record.authorityId);
  const latest = inventory.authorities.latest(authority?.name)?.generation ?? 1;
  const crls = currentCrls(issuers, inventory, at);
  return {
    serial: record.serialNumber,
    name: record.names[0] ?? record.subject,
    files: [
      ...delivered.map(({ path, format, sha256 }) => ({ path, format, sha256 })),
      ...(authority === undefined || authority.retiredAt !== undefined
        ? []
        : [{ path: generationFile('root', home, authority, latest), format: 'root' }]),
    ],
    ...(certificate === undefined
      ? {}
      : { recorded: { certificate, issuers: issuers.flatMap(({ id }) => certificates.der(id) ?? []) } }),
    ...(record.revokedAt === undefined ? {} : { revokedAt: record.revokedAt }),
    ...(crls === undefined ? {} : { crls }),
  };
}

/** Some that were imported may not, and verifiers refuse their lists, and every certificate with them. */
function maySignLists(id: number, inventory: Inventory): boolean {
  const der = inventory.certificates.der(id);
  return der !== undefined && canSignLists(parseCertificate(der));
}

/** One list for each issuer; `undefined` where one is missing or has ended, as then every certificate is refused. */
function currentCrls(
  issuers: readonly CertificateRecord[],
  inventory: Inventory,
  at: Date,
): readonly string[] | undefined {
  const lists = issuers.map(({ id }) => inventory.crls.latest(id));
  if (issuers.some(({ id }) => !maySignLists(id, inventory))) return undefined;
  const current = lists.flatMap((crl) => (crl !== undefined && crl.nextUpdate > at ? [crl] : []));
  return current.length < issuers.length ? undefined : current.map(({ der }) => encodePem('X509 CRL', der));
}

function firstInFile(path: string, world: World): Uint8Array | undefined {
  if (world.files.statusOfTarget(path)?.kind !== 'file') return undefined;
  const text = Buffer.from(world.files.read(path, FILE_LIMIT)).toString('utf8');
  return decodePem(text, path).find(({ label }) => label === 'CERTIFICATE')?.der;
}

function ownRoots(home: string, world: World): readonly Uint8Array[] {
  return readHome(home, world, ({ certificates }) =>
    certificates
      .list({ at: world.clock.now(), profile: 'root' })
      .flatMap(({ id }) => certificates.der(id) ?? []),
  );
}

function rootsIn(path: string, world: World): readonly Uint8Array[] {
  const blocks = decodePem(Buffer.from(world.files.readNamed(path)).toString('utf8'), path);
  const roots = blocks.filter(({ label }) => label === 'CERTIFICATE').map(({ der }) => der);
  if (roots.length > 0) return roots;
  throw new DevcaError('DEVCA_CERTIFICATE_NONE', { source: path, labels: blocks.map(({ label }) => label) });
}
