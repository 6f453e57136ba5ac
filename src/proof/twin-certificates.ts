import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { buildCertificate } from '../pki/certificate-builder.ts';
import { encodeAuthorityKeyIdentifier } from '../pki/extensions/authority-key-identifier.ts';
import { encodeExtendedKeyUsage } from '../pki/extensions/extended-key-usage.ts';
import type { Extension } from '../pki/extensions/extension.ts';
import { encodeKeyUsage, type KeyUsage } from '../pki/extensions/key-usage.ts';
import { encodeSubjectAltName } from '../pki/extensions/subject-alt-name.ts';
import { encodeSubjectKeyIdentifier } from '../pki/extensions/subject-key-identifier.ts';
import type { GeneralName } from '../pki/general-name.ts';
import { generateKey, keyIdentifier, type PrivateKey } from '../pki/key.ts';
import type { DistinguishedName } from '../pki/name.ts';
import { OID } from '../pki/oid.ts';
import { randomSerialNumber } from '../pki/serial-number.ts';
import { createSigner, type Signer } from '../pki/signer.ts';
import type { World } from '../platform/world.ts';

/** A certificate of the twin with its key. */
export interface TwinCertificate {
  readonly certificate: Certificate;
  readonly key: PrivateKey;
}

/** In what a twin differs from its original. Whatever is not named here is as in the original. */
export interface TwinChanges {
  readonly subject?: DistinguishedName;
  readonly names?: readonly GeneralName[];
  /** Object identifiers. */
  readonly extendedKeyUsage?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Instead of the one that its own key has. */
  readonly subjectKeyIdentifier?: Uint8Array;
}

/**
 * Who signs a twin: another twin, its own key as a root's does, or nobody: a forger has only the signature that stands
 * on the original, and puts that below what it says itself.
 */
export type TwinIssuer = TwinCertificate | 'itself' | 'forger';

/**
 * A copy of a certificate under a new key: same subject, names, usages and constraints. Valid from an hour ago for a
 * day.
 */
export function signTwin(
  original: Certificate,
  changes: TwinChanges,
  issuer: TwinIssuer,
  world: Pick<World, 'clock' | 'random'>,
): TwinCertificate {
  const key = generateKey('ec-p256');
  const now = world.clock.now().getTime();
  const subject = changes.subject ?? original.subject;
  const subjectKeyIdentifier = changes.subjectKeyIdentifier ?? keyIdentifier(key.subjectPublicKeyInfo);
  const { name, identifier, signer } = signing(original, { subject, subjectKeyIdentifier, key }, issuer);
  const der = buildCertificate(
    {
      serialNumber: randomSerialNumber(world.random),
      issuer: name,
      subject,
      notBefore: changes.notBefore ?? new Date(now - HOUR_MS),
      notAfter: changes.notAfter ?? new Date(now + 24 * HOUR_MS),
      subjectPublicKeyInfo: key.subjectPublicKeyInfo,
      extensions: [
        ...copiedExtensions(original, changes),
        identifierOfSubject(subjectKeyIdentifier),
        ...(identifier === undefined ? [] : [identifierOfIssuer(identifier)]),
      ],
    },
    signer,
  );
  return { certificate: parseCertificate(der), key };
}

export const HOUR_MS = 60 * 60 * 1000;

interface Signing {
  readonly name: DistinguishedName;
  readonly identifier: Uint8Array | undefined;
  readonly signer: Signer;
}

function signing(
  original: Certificate,
  own: { subject: DistinguishedName; subjectKeyIdentifier: Uint8Array; key: PrivateKey },
  issuer: TwinIssuer,
): Signing {
  if (issuer === 'itself')
    return { name: own.subject, identifier: own.subjectKeyIdentifier, signer: createSigner(own.key) };
  if (issuer === 'forger') {
    const { signatureAlgorithm: algorithm, signature, authorityKeyIdentifier } = original;
    const signer = { ...createSigner(own.key), algorithm, sign: () => signature };
    return { name: original.issuer, identifier: authorityKeyIdentifier?.keyIdentifier, signer };
  }
  const { certificate, key } = issuer;
  return {
    name: certificate.subject,
    identifier: certificate.subjectKeyIdentifier,
    signer: createSigner(key),
  };
}

function copiedExtensions(original: Certificate, changes: TwinChanges): Extension[] {
  const { extendedKeyUsage, names } = changes;
  const replaced = new Map<string, Extension>();
  const put = (oid: string, critical: boolean, value: Uint8Array) =>
    replaced.set(oid, { oid, critical, value });
  const usage = usableFor(original);
  if (usage !== undefined) put(OID.keyUsage, true, encodeKeyUsage(usage));
  if (extendedKeyUsage !== undefined) put(OID.extKeyUsage, false, encodeExtendedKeyUsage(extendedKeyUsage));
  if (names !== undefined)
    put(OID.subjectAltName, original.subject.rdns.length === 0, encodeSubjectAltName(names));
  const kept = original.extensions.filter(({ oid }) => !replaced.has(oid) && !LEFT_OUT.includes(oid));
  return [...kept, ...replaced.values()];
}

/** Identifiers belong to keys; and where the original's revocation lists are says nothing about the twin. */
const LEFT_OUT: readonly string[] = [
  OID.subjectKeyIdentifier,
  OID.authorityKeyIdentifier,
  OID.cRLDistributionPoints,
  OID.freshestCRL,
  OID.authorityInfoAccess,
];

/**
 * A foreign authority may not be meant to sign revocation lists, and a foreign RSA key not to sign handshakes; the
 * twin has to.
 */
function usableFor({ keyUsage, basicConstraints }: Certificate): readonly KeyUsage[] | undefined {
  const needed: KeyUsage = basicConstraints?.cA === true ? 'cRLSign' : 'digitalSignature';
  return keyUsage === undefined || keyUsage.includes(needed) ? undefined : [...keyUsage, needed];
}

const identifierOfSubject = (identifier: Uint8Array): Extension => ({
  oid: OID.subjectKeyIdentifier,
  critical: false,
  value: encodeSubjectKeyIdentifier(identifier),
});

const identifierOfIssuer = (identifier: Uint8Array): Extension => ({
  oid: OID.authorityKeyIdentifier,
  critical: false,
  value: encodeAuthorityKeyIdentifier({ keyIdentifier: identifier }),
});
