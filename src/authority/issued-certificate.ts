import { FILES_WITH_CERTIFICATE } from '../formats/material.ts';
import type { NewCertificate } from '../inventory/certificates.ts';
import type { Inventory } from '../inventory/database.ts';
import type { Certificate } from '../pki/certificate.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import type { CertifiedKey, PrivateKey } from '../pki/key.ts';
import { formatName } from '../pki/name-text.ts';
import type { World } from '../platform/world.ts';
import { certificateFiles, type FileRequest, materialOf } from './certificate-files.ts';
import type { CertificatePlan } from './certificate-plan.ts';
import { clientLimits } from './client-limits.ts';
import { type DeliveredFile, deliver } from './delivery.ts';
import { fileNameFor } from './file-name.ts';
import { issuerKey } from './issuer-key.ts';
import type { Authority } from './open-authority.ts';
import type { IssuerChain } from './self-check.ts';

/** A certificate that is signed and checked, but not yet recorded. */
export interface SignedCertificate {
  readonly request: FileRequest;
  readonly plan: CertificatePlan;
  /** A public key alone for a certificate that was made from a request. */
  readonly key: PrivateKey | CertifiedKey;
  readonly certificate: Certificate;
}

/** A certificate that is recorded and in the hands of its user. */
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
  /** Absolute paths by format: `cert`, `key`, `fullchain`, and what else was asked for, such as `p12`. */
  readonly files: Readonly<Record<string, string>>;
  /** Serial numbers of the certificates whose files it took over. */
  readonly replaced: readonly string[];
  /** Where some clients refuse what was issued, and other things to know. */
  readonly warnings: readonly string[];
}

/**
 * Records certificates and delivers their files, all of them or none. Must run within `changeInventory`.
 * Throws what `deliver` and `certificateFiles` throw.
 */
export function deliverCertificates(
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
          const id = inventory.certificates.insert(
            certificateRow(plan, key, certificate, authority, createdAt),
          );
          ids.push(id);
          const fileName = fileNameFor(plan.requested, plan.profile.fileSuffix);
          const privateKey = 'keyObject' in key ? key : undefined;
          const files = certificateFiles(materialOf(certificate, privateKey, chain, fileName), request);
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
    return describeIssued(each, authority, own, replaced.get(id) ?? []);
  });
}

/** A certificate whose own file is taken over is replaced; a chain or root that both share says nothing. */
function markReplaced(file: DeliveredFile, replaced: Map<number, string[]>, inventory: Inventory): void {
  const { owner, replaces } = file;
  if (
    !FILES_WITH_CERTIFICATE.includes(file.format) ||
    replaces?.table !== 'certificates' ||
    replaces.id === owner.id
  )
    return;
  const earlier = inventory.certificates.byId(replaces.id);
  if (earlier === undefined || earlier.replacedBy !== undefined) return;
  inventory.certificates.markReplaced(earlier.id, owner.id);
  replaced.set(owner.id, [...(replaced.get(owner.id) ?? []), earlier.serialNumber]);
}

/** The row of a certificate that was just signed. */
export function certificateRow(
  plan: CertificatePlan,
  key: CertifiedKey,
  certificate: Certificate,
  authority: Authority,
  createdAt: Date,
): NewCertificate {
  return {
    authorityId: authority.record.id,
    serialNumber: certificate.serialNumber,
    issuerKey: issuerKey(authority.issuer.certificate),
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

export function describeIssued(
  { plan, key, certificate }: Omit<SignedCertificate, 'request'>,
  authority: Authority,
  files: readonly Pick<DeliveredFile, 'format' | 'path'>[],
  replaced: readonly string[],
): IssuedCertificate {
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
    warnings: [...plan.warnings, ...clientLimits(plan, key)],
  };
}

export function chainOf({ root, issuer }: Authority): IssuerChain {
  return { root: root.certificate, issuer: issuer.certificate };
}
