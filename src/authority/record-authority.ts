import type { AuthorityRecord } from '../inventory/authorities.ts';
import type { Inventory } from '../inventory/database.ts';
import type { Certificate } from '../pki/certificate.ts';
import { parseCrl } from '../pki/crl.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import type { KeyType } from '../pki/key.ts';
import { commonNameOf } from '../pki/name.ts';
import { formatName } from '../pki/name-text.ts';
import {
  deliveryUnits,
  type PublicGeneration,
  type PublicItem,
  publicFiles,
  publicGeneration,
} from './authority-files.ts';
import type { DeliveryUnit } from './delivery.ts';
import type { Hierarchy } from './hierarchy.ts';
import type { Authority } from './open-authority.ts';

/** A generation whose own row was just inserted. */
export interface NewGeneration {
  readonly id: number;
  readonly record: Pick<AuthorityRecord, 'generation' | 'settings'>;
  readonly keyType: KeyType;
  readonly hierarchy: Hierarchy;
  readonly createdAt: Date;
}

/** What stays of an authority beside a new generation. */
export interface Predecessors {
  /** Latest first. */
  readonly generations: readonly Authority[];
  /** The new intermediate's key, certified by the root of the latest of them. */
  readonly bridge: Certificate | undefined;
}

/** Inserts the rows of a generation's certificates and lists, and says which files they and its predecessors have. */
export function recordAuthority(
  created: NewGeneration,
  { generations, bridge }: Predecessors,
  inventory: Inventory,
  home: string,
): readonly DeliveryUnit[] {
  const { id, record, hierarchy } = created;
  const root = addCertificate('root', hierarchy.root.certificate, id, created, inventory);
  const intermediate = addCertificate(
    'intermediate',
    hierarchy.intermediate.certificate,
    id,
    created,
    inventory,
  );
  const rootCrl = addCrl(root, hierarchy.rootCrl, created, inventory);
  const crls = [addCrl(intermediate, hierarchy.intermediateCrl, created, inventory), rootCrl];
  const earlier = generations.map((each) => publicGeneration(each, inventory));
  const [previous] = generations;
  const [before, ...others] = earlier;
  const bridged =
    bridge === undefined || previous === undefined || before === undefined
      ? earlier
      : [
          { ...before, bridge: addCertificate('bridge', bridge, previous.record.id, created, inventory) },
          ...others,
        ];
  const latest: PublicGeneration = { record, root, intermediate, crls };
  return [
    // Its list stands in a file with the intermediate's, which that one owns.
    { owner: { table: 'crls', id: rootCrl.id }, files: [] },
    ...deliveryUnits(publicFiles([latest, ...bridged], home)),
  ];
}

function addCertificate(
  profile: 'root' | 'intermediate' | 'bridge',
  certificate: Certificate,
  authorityId: number,
  { keyType, createdAt }: NewGeneration,
  inventory: Inventory,
): PublicItem {
  const { der, serialNumber, subject, notBefore, notAfter } = certificate;
  const id = inventory.certificates.insert({
    authorityId,
    serialNumber,
    sha256: sha256Hex(der),
    profile,
    subject: formatName(subject),
    names: [],
    alsoFoundBy: [commonNameOf(subject) ?? profile],
    notBefore,
    notAfter,
    keyAlgorithm: keyType,
    createdAt,
    der,
  });
  return { id, der };
}

function addCrl(
  issuer: PublicItem,
  der: Uint8Array,
  { createdAt }: NewGeneration,
  inventory: Inventory,
): PublicItem {
  const { thisUpdate, nextUpdate = thisUpdate, crlNumber = 1n } = parseCrl(der);
  const number = Number(crlNumber);
  return {
    id: inventory.crls.insert({ issuerId: issuer.id, number, thisUpdate, nextUpdate, createdAt, der }),
    der,
  };
}
