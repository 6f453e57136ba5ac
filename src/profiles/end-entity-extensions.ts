import { encodeBasicConstraints } from '../pki/extensions/basic-constraints.ts';
import { encodeCrlDistributionPoints } from '../pki/extensions/crl-distribution-points.ts';
import { encodeExtendedKeyUsage } from '../pki/extensions/extended-key-usage.ts';
import type { Extension } from '../pki/extensions/extension.ts';
import { encodeKeyUsage } from '../pki/extensions/key-usage.ts';
import { encodeSubjectAltName } from '../pki/extensions/subject-alt-name.ts';
import type { GeneralName } from '../pki/general-name.ts';
import { type CertifiedKeyType, isRsa } from '../pki/key.ts';
import { OID } from '../pki/oid.ts';
import { type KeyIdentifiers, keyIdentifierExtensions } from './key-identifiers.ts';
import type { Profile } from './profile.ts';

export interface EndEntity extends KeyIdentifiers {
  readonly keyType: CertifiedKeyType;
  readonly names: readonly GeneralName[];
  /** Whether the subject is empty, which makes the subjectAltName critical (RFC 5280 section 4.2.1.6). */
  readonly emptySubject: boolean;
  /** Where the issuer's revocation list can be fetched; empty for no such extension. */
  readonly crlUrls?: readonly string[];
}

/** The extensions that a profile gives to an end entity. */
export function endEntityExtensions(entity: EndEntity, profile: Profile): Extension[] {
  const keyUsage = [...profile.keyUsage, ...(isRsa(entity.keyType) ? profile.rsaKeyUsage : [])];
  const { crlUrls = [] } = entity;
  return [
    { oid: OID.basicConstraints, critical: true, value: encodeBasicConstraints({ cA: false }) },
    { oid: OID.keyUsage, critical: true, value: encodeKeyUsage(keyUsage) },
    { oid: OID.extKeyUsage, critical: false, value: encodeExtendedKeyUsage(profile.extendedKeyUsage) },
    { oid: OID.subjectAltName, critical: entity.emptySubject, value: encodeSubjectAltName(entity.names) },
    ...keyIdentifierExtensions(entity),
    ...(crlUrls.length === 0
      ? []
      : [{ oid: OID.cRLDistributionPoints, critical: false, value: distributionPoint(crlUrls) }]),
  ];
}

/** One point with all places: each has the same list (RFC 5280 section 4.2.1.13). */
const distributionPoint = (urls: readonly string[]): Uint8Array =>
  encodeCrlDistributionPoints([
    {
      distributionPoint: {
        fullName: urls.map((value) => ({ kind: 'uniformResourceIdentifier', value }) as const),
      },
    },
  ]);
