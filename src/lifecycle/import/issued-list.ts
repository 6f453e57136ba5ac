import { issuerKey } from '../../authority/issuer-key.ts';
import { isDevcaError } from '../../errors/devca-error.ts';
import { type Certificate, parseCertificate } from '../../pki/certificate.ts';
import type { RevokedEntry } from '../../pki/crl-builder.ts';
import { bytesEqual, sha256Hex } from '../../pki/fingerprint.ts';
import { nameEquals } from '../../pki/name.ts';
import { decodePem } from '../../pki/pem.ts';
import type { World } from '../../platform/world.ts';
import { Budget } from '../../validation/budget.ts';
import { SignatureChecker } from '../../validation/signature.ts';
import { readSourceFile } from './source-file.ts';

/** What an authority has issued before it was imported. */
export interface IssuedList {
  readonly entries: readonly IssuedEntry[];
  /** Of which there is no certificate any more. */
  readonly revokedBefore: readonly RevokedEntry[];
  /** The highest number of a revocation list that it has used, or 0. */
  readonly lastCrlNumber: number;
  /** What could not be taken over, for people. */
  readonly notes: readonly string[];
}

export interface IssuedEntry {
  readonly certificate: Certificate;
  /** As `issuerKey`, of that which has signed it. */
  readonly issuerKey: number;
  readonly revoked: Omit<RevokedEntry, 'serialNumber'> | undefined;
}

/** Certificates, each once, and how many files had none of this authority. */
export interface FoundCertificates {
  readonly found: readonly Pick<IssuedEntry, 'certificate' | 'issuerKey'>[];
  readonly others: number;
}

/** The first certificate of each file, as far as one of the issuers has signed it, but not the issuers themselves. */
export function certificatesIn(
  paths: readonly string[],
  issuers: readonly Certificate[],
  world: World,
): FoundCertificates {
  const found = new Map<string, FoundCertificates['found'][number]>();
  let others = 0;
  for (const path of paths) {
    const certificate = certificateIn(path, world);
    const issuer = issuers.find((each) => certificate !== undefined && hasSigned(each, certificate));
    if (certificate === undefined || issuer === undefined) others++;
    else if (!issuers.some(({ der }) => bytesEqual(der, certificate.der)))
      found.set(sha256Hex(certificate.der), { certificate, issuerKey: issuerKey(issuer) });
  }
  return { found: [...found.values()], others };
}

/** A list of nothing but certificates. */
export function listOf({ found, others }: FoundCertificates): IssuedList {
  const entries = found.map((each) => ({ ...each, revoked: undefined }));
  return { entries, revokedBefore: [], lastCrlNumber: 0, notes: othersNote(others) };
}

export const EMPTY_LIST: IssuedList = { entries: [], revokedBefore: [], lastCrlNumber: 0, notes: [] };

export const othersNote = (others: number): readonly string[] =>
  others === 0
    ? []
    : [
        `${others} ${others === 1 ? 'file among the certificates was' : 'files among the certificates were'} left out, as not signed by this authority or not readable`,
      ];

export function hasSigned(issuer: Certificate, certificate: Certificate): boolean {
  if (!namesIssuer(certificate, issuer)) return false;
  return new SignatureChecker(new Budget()).check(certificate, issuer) === 'valid';
}

/** Whether a certificate says that another has signed it, by name and by key identifier where both have one. */
function namesIssuer(
  { issuer, authorityKeyIdentifier }: Certificate,
  { subject, subjectKeyIdentifier }: Certificate,
): boolean {
  const wanted = authorityKeyIdentifier?.keyIdentifier;
  return (
    nameEquals(issuer, subject) &&
    (wanted === undefined || subjectKeyIdentifier === undefined || bytesEqual(wanted, subjectKeyIdentifier))
  );
}

function certificateIn(path: string, world: World): Certificate | undefined {
  try {
    const text = Buffer.from(readSourceFile(path, world)).toString('latin1');
    const block = decodePem(text, path).find(({ label }) => label === 'CERTIFICATE');
    return block === undefined ? undefined : parseCertificate(block.der);
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    return undefined;
  }
}
