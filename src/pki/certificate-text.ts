import type { Certificate } from './certificate.ts';
import type { DistributionPoint } from './extensions/distribution-point.ts';
import { formatSubtree } from './extensions/name-constraints.ts';
import { bytesToHex } from './fingerprint.ts';
import { formatGeneralName } from './general-name.ts';
import { publicKeyObject } from './key.ts';
import { OID, oidText } from './oid.ts';

/** One extension in words. */
export interface ExtensionText {
  readonly name: string;
  readonly critical: boolean;
  readonly text: string;
}

/** The extensions in words; one that devca doesn't know is shown by its identifier and length. */
export function describeExtensions(certificate: Certificate): readonly ExtensionText[] {
  return certificate.extensions.map(({ oid, critical, value }) => ({
    name: oidText(oid),
    critical,
    text: DESCRIPTIONS[oid]?.(certificate) ?? `${value.length} octets`,
  }));
}

/** The public key in words, such as `EC P-256`, `RSA 2048 bits`, `Ed25519`. */
export function describePublicKey(
  certificate: Pick<Certificate, 'subjectPublicKeyInfo' | 'publicKeyAlgorithm'>,
): string {
  try {
    const key = publicKeyObject(certificate.subjectPublicKeyInfo);
    const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
    if (namedCurve !== undefined) return `EC ${CURVES[namedCurve] ?? namedCurve}`;
    if (modulusLength !== undefined) return `RSA ${modulusLength} bits`;
    return KINDS[key.asymmetricKeyType ?? ''] ?? key.asymmetricKeyType ?? 'unknown';
  } catch {
    // The runtime's library doesn't read this kind of key; its identifier is still worth showing.
    return oidText(certificate.publicKeyAlgorithm.oid);
  }
}

const KINDS: Readonly<Record<string, string>> = { ed25519: 'Ed25519', ed448: 'Ed448' };

const CURVES: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

const DESCRIPTIONS: Readonly<Record<string, (certificate: Certificate) => string | undefined>> = {
  [OID.basicConstraints]: ({ basicConstraints }) =>
    basicConstraints?.cA !== true
      ? 'not an authority'
      : `an authority, ${basicConstraints.pathLenConstraint === undefined ? 'any number of' : `at most ${basicConstraints.pathLenConstraint}`} intermediates below it`,
  [OID.keyUsage]: ({ keyUsage }) => keyUsage?.join(', '),
  [OID.extKeyUsage]: ({ extendedKeyUsage }) => extendedKeyUsage?.map(oidText).join(', '),
  [OID.subjectAltName]: ({ subjectAltName }) => subjectAltName?.map(formatGeneralName).join(', '),
  [OID.nameConstraints]: ({ nameConstraints }) =>
    [
      ...(nameConstraints?.permitted.length
        ? [`permitted ${nameConstraints.permitted.map(formatSubtree).join(', ')}`]
        : []),
      ...(nameConstraints?.excluded.length
        ? [`excluded ${nameConstraints.excluded.map(formatSubtree).join(', ')}`]
        : []),
    ].join('; '),
  [OID.subjectKeyIdentifier]: ({ subjectKeyIdentifier }) =>
    subjectKeyIdentifier && bytesToHex(subjectKeyIdentifier),
  [OID.authorityKeyIdentifier]: ({ authorityKeyIdentifier }) =>
    authorityKeyIdentifier?.keyIdentifier && bytesToHex(authorityKeyIdentifier.keyIdentifier),
  [OID.cRLDistributionPoints]: ({ cRLDistributionPoints }) =>
    cRLDistributionPoints?.map(formatDistributionPoint).join(', '),
  [OID.authorityInfoAccess]: ({ authorityInfoAccess }) =>
    authorityInfoAccess
      ?.map(({ method, location }) => `${oidText(method)} ${formatGeneralName(location)}`)
      .join(', '),
  [OID.certificatePolicies]: ({ certificatePolicies }) =>
    certificatePolicies?.map(({ policyIdentifier }) => oidText(policyIdentifier)).join(', '),
};

function formatDistributionPoint({ distributionPoint, cRLIssuer }: DistributionPoint): string {
  if (distributionPoint !== undefined && 'fullName' in distributionPoint)
    return distributionPoint.fullName.map(formatGeneralName).join(', ');
  return (cRLIssuer ?? []).map(formatGeneralName).join(', ') || 'relative to the issuer of the CRL';
}
