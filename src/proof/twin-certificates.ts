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
import { createSigner } from '../pki/signer.ts';
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

type TwinWorld = Pick<World, 'clock' | 'random'>;

/**
 * A copy of a certificate under a new key: same subject, names, usages and constraints, signed by another twin or, as
 * a root is, by itself. Valid from an hour ago for a day.
 */
export function signTwin(
  original: Certificate,
  changes: TwinChanges,
  issuer: TwinCertificate | undefined,
  world: TwinWorld,
): TwinCertificate {
  const key = generateKey('ec-p256');
  const now = world.clock.now().getTime();
  const subject = changes.subject ?? original.subject;
  const subjectKeyIdentifier = changes.subjectKeyIdentifier ?? keyIdentifier(key.subjectPublicKeyInfo);
  const der = buildCertificate(
    {
      serialNumber: randomSerialNumber(world.random),
      issuer: issuer?.certificate.subject ?? subject,
      subject,
      notBefore: changes.notBefore ?? new Date(now - HOUR_MS),
      notAfter: changes.notAfter ?? new Date(now + 24 * HOUR_MS),
      subjectPublicKeyInfo: key.subjectPublicKeyInfo,
      extensions: [
        ...copiedExtensions(original, changes),
        identifierOfSubject(subjectKeyIdentifier),
        identifierOfIssuer(issuer?.certificate.subjectKeyIdentifier ?? subjectKeyIdentifier),
      ],
    },
    createSigner(issuer?.key ?? key),
  );
  return { certificate: parseCertificate(der), key };
}

export const HOUR_MS = 60 * 60 * 1000;

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
