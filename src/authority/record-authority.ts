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
import { issuerKey } from './issuer-key.ts';
import type { Authority } from './open-authority.ts';

/** What of an authority anybody may see; lists in DER. */
export interface PublicHierarchy {
  readonly root: { readonly certificate: Certificate };
  /** `undefined` where the root issues. */
  readonly intermediate: { readonly certificate: Certificate } | undefined;
  /** `undefined` where the root's key is not at hand. */
  readonly rootCrl: Uint8Array | undefined;
  readonly intermediateCrl: Uint8Array | undefined;
}

/** A generation whose own row was just inserted. */
export interface NewGeneration {
  readonly id: number;
  readonly record: Pick<AuthorityRecord, 'generation' | 'settings'>;
  readonly keyType: KeyType;
  readonly hierarchy: PublicHierarchy;
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
  const { certificate: top } = hierarchy.root;
  const root = addCertificate('root', top, top, id, created, inventory);
  const intermediate =
    hierarchy.intermediate === undefined
      ? undefined
      : addCertificate('intermediate', hierarchy.intermediate.certificate, top, id, created, inventory);
  const crls = [
    ...(intermediate === undefined
      ? []
      : addCrl(intermediate, hierarchy.intermediateCrl, created, inventory)),
    ...addCrl(root, hierarchy.rootCrl, created, inventory),
  ];
  const earlier = generations.map((each) => publicGeneration(each, inventory));
  const [previous] = generations;
  const [before, ...others] = earlier;
  const bridged =
    bridge === undefined || previous === undefined || before === undefined
      ? earlier
      : [
          {
            ...before,
            bridge: addCertificate(
              'bridge',
              bridge,
              previous.root.certificate,
              previous.record.id,
              created,
              inventory,
            ),
          },
          ...others,
        ];
  const latest: PublicGeneration = { record, root, intermediate, crls };
  return [
    // All lists stand in one file, which the first of them owns.
    ...crls.slice(1).map((crl) => ({ owner: { table: 'crls', id: crl.id } as const, files: [] })),
    ...deliveryUnits(publicFiles([latest, ...bridged], home)),
  ];
}

function addCertificate(
  profile: 'root' | 'intermediate' | 'bridge',
  certificate: Certificate,
  issuer: Certificate,
  authorityId: number,
  { keyType, createdAt }: NewGeneration,
  inventory: Inventory,
): PublicItem {
  const { der, serialNumber, subject, notBefore, notAfter } = certificate;
  const id = inventory.certificates.insert({
    authorityId,
    serialNumber,
    issuerKey: issuerKey(issuer),
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
  der: Uint8Array | undefined,
  { createdAt }: NewGeneration,
  inventory: Inventory,
): readonly PublicItem[] {
  if (der === undefined) return [];
  const { thisUpdate, nextUpdate = thisUpdate, crlNumber = 1n } = parseCrl(der);
  const number = Number(crlNumber);
  const id = inventory.crls.insert({ issuerId: issuer.id, number, thisUpdate, nextUpdate, createdAt, der });
  return [{ id, der }];
}
