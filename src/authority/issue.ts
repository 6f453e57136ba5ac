import { DevcaError } from '../errors/devca-error.ts';
import type { Inventory } from '../inventory/database.ts';
import type { Certificate } from '../pki/certificate.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import { generateKey, type KeyType, type PrivateKey } from '../pki/key.ts';
import { formatName } from '../pki/name-text.ts';
import { randomSerialNumber } from '../pki/serial-number.ts';
import type { Signer } from '../pki/signer.ts';
import type { World } from '../platform/world.ts';
import type { Profile } from '../profiles/profile.ts';
import { certificateFiles, type FileRequest } from './certificate-files.ts';
import {
  type CertificatePlan,
  type CertificateRequest,
  planCertificate,
  signCertificate,
} from './certificate-plan.ts';
import { BATCH_LIMIT, type DeliveredFile, deliver } from './delivery.ts';
import { findProfile } from './find-profile.ts';
import { checkHome } from './home.ts';
import { type Authority, openAuthority, openSigner, requireAuthority } from './open-authority.ts';
import { changeInventory, type Recovery } from './recovery.ts';
import { checkIssued, type IssuerChain } from './self-check.ts';

export interface IssueRequest extends CertificateRequest, FileRequest {
  /** The name of a profile. Default `server`. */
  readonly profile?: string;
  /** Default `ec-p256`. */
  readonly keyType?: KeyType;
}

/** Which authority issues, and how. */
export interface IssuePlace {
  readonly home: string;
  /** Default: the home's default authority. */
  readonly authority?: string;
  /** Overwrites files that devca did not write. */
  readonly force?: boolean;
}

export interface IssuedCertificate {
  readonly serialNumber: string;
  readonly sha256: string;
  readonly profile: string;
  readonly names: readonly string[];
  readonly subject: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly authority: string;
  readonly generation: number;
  /** Absolute paths by format: `cert`, `key`, `fullchain`, and `chain` and `root` where asked for. */
  readonly files: Readonly<Record<string, string>>;
  /** Serial numbers of the certificates whose files it took over. */
  readonly replaced: readonly string[];
  /** Where some clients refuse what was issued, and other things to know. */
  readonly warnings: readonly string[];
}

export interface IssueOutcome {
  readonly certificates: readonly IssuedCertificate[];
  /** What became of interrupted runs; its problems are warnings to show. */
  readonly recovery: Recovery;
}

/**
 * Issues one certificate: signs, checks, records and delivers it, all of it or nothing.
 * Throws what `planCertificate`, `openAuthority`, `openSigner`, `checkIssued` and `deliver` throw.
 */
export async function issueCertificate(
  request: IssueRequest,
  place: IssuePlace,
  world: World,
): Promise<IssuedCertificate & { readonly recovery: Recovery }> {
  const { certificates, recovery } = await issueCertificates([request], place, world);
  const [issued] = certificates;
  if (issued === undefined) throw new DevcaError('DEVCA_INTERNAL', { detail: 'nothing was issued' });
  return { ...issued, recovery };
}

/**
 * Issues many certificates, in batches of at most 100 that are all or nothing each. All requests are checked before
 * the first is signed.
 */
export async function issueCertificates(
  requests: readonly IssueRequest[],
  place: IssuePlace,
  world: World,
): Promise<IssueOutcome> {
  checkHome(place.home, world);
  if (requests.length > BATCH_LIMIT) previewCertificates(requests, place, world);
  const certificates: IssuedCertificate[] = [];
  const recoveries: Recovery[] = [];
  for (let start = 0; start < requests.length; start += BATCH_LIMIT) {
    const batch = requests.slice(start, start + BATCH_LIMIT);
    // Outside the lock, since an RSA key can take a second.
    const keys = batch.map(({ keyType = 'ec-p256' }) => generateKey(keyType));
    changeInventory(place.home, world, (inventory, recovery) => {
      recoveries.push(recovery);
      certificates.push(...issueBatch(batch, keys, place, inventory, world));
    });
  }
  return { certificates, recovery: mergeRecoveries(recoveries) };
}

/** What would be issued, without a change to anything. Throws what a request would be refused with. */
export function previewCertificates(
  requests: readonly IssueRequest[],
  place: IssuePlace,
  world: World,
): readonly CertificatePlan[] {
  const authority = openAuthority(place.home, world, place.authority);
  return requests.map((request) => planFor(request, authority, world));
}

interface SignedCertificate {
  readonly request: IssueRequest;
  readonly plan: CertificatePlan;
  readonly key: PrivateKey;
  readonly certificate: Certificate;
}

function issueBatch(
  requests: readonly IssueRequest[],
  keys: readonly PrivateKey[],
  place: IssuePlace,
  inventory: Inventory,
  world: World,
): readonly IssuedCertificate[] {
  const authority = requireAuthority(inventory, place.home, world, place.authority);
  const plans = requests.map((request) => planFor(request, authority, world));
  const signer = openSigner(authority, world);
  const signed = requests.flatMap((request, index) => {
    const [plan, key] = [plans[index], keys[index]];
    if (plan === undefined || key === undefined) return [];
    return [{ request, plan, key, certificate: sign(plan, key, authority, signer, inventory, world) }];
  });
  return deliverBatch(signed, authority, place.force ?? false, inventory, world);
}

function planFor(request: IssueRequest, authority: Authority, world: World): CertificatePlan {
  const profile: Profile = findProfile(request.profile ?? 'server', authority.home, world);
  const { constraint, home, intermediate } = authority;
  return planCertificate(
    request,
    profile,
    { issuer: intermediate.certificate, constraint, home },
    world.clock.now(),
  );
}

function sign(
  plan: CertificatePlan,
  key: PrivateKey,
  authority: Authority,
  signer: Signer,
  inventory: Inventory,
  world: World,
): Certificate {
  let serialNumber = randomSerialNumber(world.random);
  while (inventory.certificates.bySerial(serialNumber) !== undefined)
    serialNumber = randomSerialNumber(world.random);
  const chain = chainOf(authority);
  const der = signCertificate(plan, key, serialNumber, chain.intermediate, signer);
  return checkIssued(der, plan, key, chain, world.clock.now());
}

function deliverBatch(
  signed: readonly SignedCertificate[],
  authority: Authority,
  force: boolean,
  inventory: Inventory,
  world: World,
): readonly IssuedCertificate[] {
  const chain = chainOf(authority);
  const createdAt = world.clock.now();
  const ids: number[] = [];
  const replaced = new Map<number, string[]>();
  const delivered = deliver(
    {
      force,
      record: () =>
        signed.map(({ request, plan, key, certificate }) => {
          const id = inventory.certificates.insert(rowOf(plan, key, certificate, authority, createdAt));
          ids.push(id);
          const { fileSuffix } = plan.profile;
          const files = certificateFiles(certificate, key, chain, plan.requested, fileSuffix, request);
          return { owner: { table: 'certificates', id }, files };
        }),
      confirm: (files) => {
        for (const file of files) markReplaced(file, replaced, inventory);
        for (const { plan, certificate } of signed) {
          inventory.events.append({
            kind: 'certificate-issued',
            at: createdAt,
            details: {
              serial: certificate.serialNumber,
              sha256: sha256Hex(certificate.der),
              profile: plan.profile.name,
              names: plan.names.map(({ value }) => value),
            },
          });
        }
      },
    },
    inventory,
    world,
  );
  return signed.map((each, index) => {
    const id = ids[index] ?? 0;
    const own = delivered.filter(({ owner }) => owner.id === id);
    return describe(each, authority, own, replaced.get(id) ?? []);
  });
}

/** A certificate whose own file is taken over is replaced; a chain or root file that both share says nothing. */
function markReplaced(file: DeliveredFile, replaced: Map<number, string[]>, inventory: Inventory): void {
  const { owner, replaces } = file;
  if (file.format !== 'cert' || replaces?.table !== 'certificates' || replaces.id === owner.id) return;
  const earlier = inventory.certificates.byId(replaces.id);
  if (earlier === undefined || earlier.replacedBy !== undefined) return;
  inventory.certificates.markReplaced(earlier.id, owner.id);
  replaced.set(owner.id, [...(replaced.get(owner.id) ?? []), earlier.serialNumber]);
}

function rowOf(
  plan: CertificatePlan,
  key: PrivateKey,
  certificate: Certificate,
  authority: Authority,
  createdAt: Date,
) {
  return {
    authorityId: authority.record.id,
    serialNumber: certificate.serialNumber,
    sha256: sha256Hex(certificate.der),
    profile: plan.profile.name,
    subject: formatName(certificate.subject),
    names: plan.names.map(({ value }) => value),
    alsoFoundBy: [...plan.requested, ...(plan.commonName === undefined ? [] : [plan.commonName])],
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    keyAlgorithm: key.type,
    createdAt,
    der: certificate.der,
  };
}

function describe(
  { plan, key, certificate }: SignedCertificate,
  authority: Authority,
  files: readonly DeliveredFile[],
  replaced: readonly string[],
): IssuedCertificate {
  const keyWarning = key.type === 'ed25519' ? ['browsers refuse certificates with Ed25519 keys'] : [];
  return {
    serialNumber: certificate.serialNumber,
    sha256: sha256Hex(certificate.der),
    profile: plan.profile.name,
    names: plan.names.map(({ value }) => value),
    subject: formatName(certificate.subject),
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    authority: authority.record.name,
    generation: authority.record.generation,
    files: Object.fromEntries(files.map(({ format, path }) => [format, path])),
    replaced,
    warnings: [...plan.warnings, ...keyWarning],
  };
}

function chainOf({ root, intermediate }: Authority): IssuerChain {
  return { root: root.certificate, intermediate: intermediate.certificate };
}

function mergeRecoveries(recoveries: readonly Recovery[]): Recovery {
  return {
    undone: recoveries.flatMap(({ undone }) => undone),
    completed: recoveries.flatMap(({ completed }) => completed),
    problems: recoveries.flatMap(({ problems }) => problems),
  };
}
