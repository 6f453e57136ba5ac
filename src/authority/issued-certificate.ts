import { FILES_WITH_CERTIFICATE } from '../formats/material.ts';
import type { Inventory } from '../inventory/database.ts';
import type { World } from '../platform/world.ts';
import { certificateFiles, type FileRequest, materialOf } from './certificate-files.ts';
import {
  certificateRow,
  type DescribedCertificate,
  describeCertificate,
  issuedEvent,
  type SignedCertificate,
} from './certificate-row.ts';
import { type DeliveredFile, deliver } from './delivery.ts';
import { fileNameFor } from './file-name.ts';
import type { Authority } from './open-authority.ts';
import type { IssuerChain } from './self-check.ts';

/** A certificate that is recorded and in the hands of its user. */
export interface IssuedCertificate extends DescribedCertificate {
  /** Absolute paths by format: `cert`, `key`, `fullchain`, and what else was asked for, such as `p12`. */
  readonly files: Readonly<Record<string, string>>;
  /** Serial numbers of the certificates whose files it took over. */
  readonly replaced: readonly string[];
}

/**
 * Records certificates and delivers their files, all of them or none. Must run within `changeInventory`.
 * Throws what `deliver` and `certificateFiles` throw.
 */
export function deliverCertificates(
  signed: readonly (SignedCertificate & { readonly request: FileRequest })[],
  authority: Authority,
  force: boolean,
  inventory: Inventory,
  world: World,
): readonly IssuedCertificate[] {
  const chain = chainOf(authority);
  const createdAt = world.clock.now();
  const recorded = signed.map((each) => ({
    ...each,
    row: certificateRow(each, authority, createdAt),
    id: 0,
  }));
  const replaced = new Map<number, string[]>();
  const delivered = deliver(
    {
      force,
      record: () =>
        recorded.map((each) => {
          each.id = inventory.certificates.insert(each.row);
          const { request, plan, key, certificate, id } = each;
          const fileName = fileNameFor(plan.requested, plan.profile.fileSuffix);
          const privateKey = 'keyObject' in key ? key : undefined;
          const files = certificateFiles(materialOf(certificate, privateKey, chain, fileName), request);
          return { owner: { table: 'certificates', id }, files };
        }),
      confirm: (files) => {
        for (const file of files) markReplaced(file, replaced, inventory);
        inventory.events.append(...recorded.map(({ row }) => issuedEvent(row)));
      },
    },
    inventory,
    world,
  );
  return recorded.map(({ row, id, ...each }) => ({
    ...describeCertificate(row, each, authority),
    files: pathsOf(delivered.filter(({ owner }) => owner.id === id)),
    replaced: replaced.get(id) ?? [],
  }));
}

/** Paths by format. */
export const pathsOf = (
  files: readonly Pick<DeliveredFile, 'format' | 'path'>[],
): Readonly<Record<string, string>> => Object.fromEntries(files.map(({ format, path }) => [format, path]));

export function chainOf({ root, issuer }: Authority): IssuerChain {
  return { root: root.certificate, issuer: issuer.certificate };
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
