import { algorithmEquals } from '../pki/algorithm.ts';
import type { CertificateRevocationList, RevokedCertificate } from '../pki/crl.ts';
import { encodeAuthorityKeyIdentifier } from '../pki/extensions/authority-key-identifier.ts';
import type { Extension } from '../pki/extensions/extension.ts';
import { findExtension } from '../pki/extensions/extension.ts';
import { bytesEqual } from '../pki/fingerprint.ts';
import { type DistinguishedName, nameEquals } from '../pki/name.ts';
import { OID, oidText } from '../pki/oid.ts';
import { isWeakScheme, type SchemeUse, signatureSchemeOf } from './signature-scheme.ts';

/** Why a list may not be used at all, whoever signed it (RFC 5280 section 5), or undefined. */
export function refuseCrl(
  crl: CertificateRevocationList,
  use: SchemeUse & { readonly at: Date },
): string | undefined {
  return refuseForm(crl) ?? refuseAlgorithm(crl, use) ?? refuseExtensions(crl) ?? refuseTime(crl, use.at);
}

/** Whether a delta continues a complete list (RFC 5280 sections 5.2.4 and 6.3.3 (c)). */
export function isDeltaOf(delta: CertificateRevocationList, base: CertificateRevocationList): boolean {
  const number = base.crlNumber;
  if (number === undefined || delta.crlNumber === undefined || delta.deltaCrlIndicator === undefined) {
    return false;
  }
  return (
    nameEquals(delta.issuer, base.issuer) &&
    sameExtension(delta, base, OID.issuingDistributionPoint) &&
    sameKeyIdentifier(delta, base) &&
    number >= delta.deltaCrlIndicator &&
    number < delta.crlNumber
  );
}

/**
 * The entry for a certificate; the issuer of an entry in an indirect list is that of the last entry which names one,
 * and the list's own before the first (RFC 5280 section 5.3.3).
 */
export function findEntry(
  crl: CertificateRevocationList,
  serialNumber: string,
  issuer: DistinguishedName,
): RevokedCertificate | undefined {
  let entryIssuers: readonly DistinguishedName[] = [crl.issuer];
  for (const entry of crl.revoked) {
    if (entry.certificateIssuer !== undefined) {
      entryIssuers = entry.certificateIssuer.flatMap((name) =>
        name.kind === 'directoryName' ? [name.name] : [],
      );
    }
    if (entry.serialNumber === serialNumber && entryIssuers.some((name) => nameEquals(name, issuer))) {
      return entry;
    }
  }
  return undefined;
}

function refuseForm(crl: CertificateRevocationList): string | undefined {
  if (!algorithmEquals(crl.signatureAlgorithm, crl.tbsSignatureAlgorithm)) {
    return 'has two signature algorithms that differ';
  }
  // RFC 5280 section 5.2.3: every list of a conforming issuer has a number.
  return crl.crlNumber === undefined ? 'has no number' : undefined;
}

function refuseAlgorithm(crl: CertificateRevocationList, use: SchemeUse): string | undefined {
  const scheme = signatureSchemeOf(crl.signatureAlgorithm);
  const algorithm = oidText(crl.signatureAlgorithm.oid);
  if ('unsupported' in scheme) return `is signed with ${algorithm}: ${scheme.unsupported}`;
  return isWeakScheme(scheme, use) ? `is signed with ${algorithm}, which can be forged` : undefined;
}

function refuseExtensions(crl: CertificateRevocationList): string | undefined {
  const misplaced = crl.extensions.find(({ oid, critical }) => CRITICALITY.get(oid) === !critical);
  if (misplaced !== undefined) {
    return `has a ${oidText(misplaced.oid)} that is ${misplaced.critical ? '' : 'not '}critical`;
  }
  const unknown =
    crl.extensions.find(({ oid, critical }) => critical && !CRITICALITY.has(oid)) ??
    findUnknownEntryExtension(crl);
  return unknown === undefined
    ? undefined
    : `has the critical extension ${oidText(unknown.oid)}, which is not understood`;
}

// RFC 5280 section 5.3: such a list must not be used for any certificate at all.
function findUnknownEntryExtension(crl: CertificateRevocationList): Extension | undefined {
  const mayBeIndirect = crl.issuingDistributionPoint?.indirectCRL === true;
  for (const { extensions } of crl.revoked) {
    for (const extension of extensions) {
      const isProcessed = extension.oid === OID.certificateIssuer && mayBeIndirect;
      if (extension.critical && !isProcessed) return extension;
    }
  }
  return undefined;
}

function refuseTime(crl: CertificateRevocationList, at: Date): string | undefined {
  const moment = Math.floor(at.getTime() / 1000) * 1000;
  if (moment < crl.thisUpdate.getTime()) return `is not valid before ${crl.thisUpdate.toISOString()}`;
  if (crl.nextUpdate === undefined) return 'does not say when the next one comes';
  return moment > crl.nextUpdate.getTime() ? `expired at ${crl.nextUpdate.toISOString()}` : undefined;
}

/** Whether an extension that is processed must be critical (RFC 5280 section 5.2). */
const CRITICALITY = new Map<string, boolean>([
  [OID.authorityKeyIdentifier, false],
  [OID.cRLNumber, false],
  [OID.deltaCRLIndicator, true],
  [OID.issuingDistributionPoint, true],
  [OID.freshestCRL, false],
  [OID.authorityInfoAccess, false],
]);

function sameExtension(a: CertificateRevocationList, b: CertificateRevocationList, oid: string): boolean {
  const left = findExtension(a.extensions, oid);
  const right = findExtension(b.extensions, oid);
  if (left === undefined || right === undefined) return left === right;
  return bytesEqual(left.value, right.value);
}

function sameKeyIdentifier(a: CertificateRevocationList, b: CertificateRevocationList): boolean {
  const encode = ({ authorityKeyIdentifier }: CertificateRevocationList): Uint8Array =>
    encodeAuthorityKeyIdentifier(authorityKeyIdentifier ?? {});
  return bytesEqual(encode(a), encode(b));
}
