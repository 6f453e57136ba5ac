import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { buildCertificate } from '../pki/certificate-builder.ts';
import { buildCrl, type RevokedEntry } from '../pki/crl-builder.ts';
import { encodeBasicConstraints } from '../pki/extensions/basic-constraints.ts';
import { encodeExtendedKeyUsage } from '../pki/extensions/extended-key-usage.ts';
import type { Extension } from '../pki/extensions/extension.ts';
import { encodeKeyUsage } from '../pki/extensions/key-usage.ts';
import { generateKey, KEY_TYPES, type KeyType, keyIdentifier, type PrivateKey } from '../pki/key.ts';
import type { DistinguishedName } from '../pki/name.ts';
import { OID } from '../pki/oid.ts';
import { randomSerialNumber } from '../pki/serial-number.ts';
import { createSigner, type Signer } from '../pki/signer.ts';
import type { World } from '../platform/world.ts';
import { type AuthorityProfile, intermediateProfile, rootProfile } from '../profiles/authority-profile.ts';
import { keyIdentifierExtensions } from '../profiles/key-identifiers.ts';
import { type AuthorityOwner, authorityName } from './authority-name.ts';
import { type Constraint, constraintExtension } from './constraint.ts';
import { nextCrlNumber } from './crl-number.ts';
import { type Validity, validityFromNow } from './validity.ts';

/** Browsers and many other clients cannot check an Ed25519 signature, so they could use nothing that it issues. */
export const AUTHORITY_KEY_TYPES: readonly KeyType[] = KEY_TYPES.filter((type) => type !== 'ed25519');

export interface HierarchyRequest {
  readonly keyType: KeyType;
  readonly constraint: Constraint;
  readonly generation: number;
  readonly owner: AuthorityOwner;
  /** Instead of the names that devca would give: how a test makes an authority that looks like another one. */
  readonly subjects?: { readonly root: DistinguishedName; readonly intermediate: DistinguishedName };
}

/** A certificate that issues, with its key. */
export interface KeyedIssuer {
  readonly certificate: Certificate;
  readonly key: PrivateKey;
  readonly signer: Signer;
}

export interface Hierarchy {
  readonly root: KeyedIssuer;
  readonly intermediate: KeyedIssuer;
  /** DER of the root's one CRL: empty, and valid as long as the intermediate. */
  readonly rootCrl: Uint8Array;
  /** DER of the intermediate's first CRL, of the same kind. */
  readonly intermediateCrl: Uint8Array;
}

/** Makes keys and certificates of a root and its intermediate, in memory. The caller decides where the keys go. */
export function buildHierarchy(request: HierarchyRequest, world: Pick<World, 'clock' | 'random'>): Hierarchy {
  const now = world.clock.now();
  const root = build('root', undefined, request, now, world);
  const intermediate = build('intermediate', root, request, now, world);
  const rootCrl = firstCrl(root, 1, intermediate.certificate);
  const intermediateCrl = firstCrl(intermediate, nextCrlNumber(0, now), intermediate.certificate);
  return { root, intermediate, rootCrl, intermediateCrl };
}

/** An intermediate below a root that is there already; it ends with that at the latest. */
export const buildIntermediate = (
  root: KeyedIssuer,
  request: HierarchyRequest,
  world: Pick<World, 'clock' | 'random'>,
): KeyedIssuer => build('intermediate', root, request, world.clock.now(), world);

/** DER of the first list that an issuer signs here. */
export function firstCrl(
  { certificate, key, signer }: KeyedIssuer,
  number: number,
  life: Validity,
  revoked: readonly RevokedEntry[] = [],
): Uint8Array {
  return buildCrl(
    {
      issuer: certificate.subject,
      thisUpdate: life.notBefore,
      nextUpdate: life.notAfter,
      number,
      authorityKeyIdentifier: keyIdentifier(key.subjectPublicKeyInfo),
      revoked,
    },
    signer,
  );
}

function build(
  kind: 'root' | 'intermediate',
  issuer: KeyedIssuer | undefined,
  request: HierarchyRequest,
  now: Date,
  world: Pick<World, 'random'>,
): KeyedIssuer {
  const profile = kind === 'root' ? rootProfile : intermediateProfile;
  const key = generateKey(request.keyType);
  const signer = createSigner(key);
  const subjectKeyIdentifier = keyIdentifier(key.subjectPublicKeyInfo);
  const subject =
    request.subjects?.[kind] ?? authorityName(kind, request.generation, subjectKeyIdentifier, request.owner);
  const validity = withinIssuer(validityFromNow(now, profile.validDays), issuer?.certificate);
  const der = buildCertificate(
    {
      serialNumber: randomSerialNumber(world.random),
      issuer: issuer?.certificate.subject ?? subject,
      subject,
      ...validity,
      subjectPublicKeyInfo: key.subjectPublicKeyInfo,
      extensions: authorityExtensions(profile, subjectKeyIdentifier, issuer?.certificate, request.constraint),
    },
    issuer?.signer ?? signer,
  );
  return { certificate: parseCertificate(der), key, signer };
}

function withinIssuer(life: Validity, issuer: Validity | undefined): Validity {
  if (issuer === undefined) return life;
  return {
    notBefore: life.notBefore < issuer.notBefore ? issuer.notBefore : life.notBefore,
    notAfter: life.notAfter > issuer.notAfter ? issuer.notAfter : life.notAfter,
  };
}

/** The extensions of an authority's certificate; `issuer` is undefined for one that signs itself. */
export function authorityExtensions(
  profile: AuthorityProfile,
  subjectKeyIdentifier: Uint8Array,
  issuer: Certificate | undefined,
  constraint: Constraint,
): Extension[] {
  const { extendedKeyUsage, keyUsage, pathLenConstraint } = profile;
  const nameConstraints = constraintExtension(constraint);
  return [
    {
      oid: OID.basicConstraints,
      critical: true,
      value: encodeBasicConstraints({ cA: true, pathLenConstraint }),
    },
    { oid: OID.keyUsage, critical: true, value: encodeKeyUsage(keyUsage) },
    ...(extendedKeyUsage.length === 0
      ? []
      : [{ oid: OID.extKeyUsage, critical: false, value: encodeExtendedKeyUsage(extendedKeyUsage) }]),
    ...(nameConstraints === undefined ? [] : [nameConstraints]),
    ...keyIdentifierExtensions({
      subjectKeyIdentifier,
      authorityKeyIdentifier: issuer?.subjectKeyIdentifier,
    }),
  ];
}
