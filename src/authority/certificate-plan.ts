import { DevcaError } from '../errors/devca-error.ts';
import type { Certificate } from '../pki/certificate.ts';
import { buildCertificate } from '../pki/certificate-builder.ts';
import type { Extension } from '../pki/extensions/extension.ts';
import type { IdentifierName } from '../pki/identifier.ts';
import { type CertifiedKey, keyIdentifier } from '../pki/key.ts';
import { buildName, type DistinguishedName } from '../pki/name.ts';
import type { Signer } from '../pki/signer.ts';
import { type NameRequest, readCertificateNames } from '../profiles/certificate-names.ts';
import { endEntityExtensions } from '../profiles/end-entity-extensions.ts';
import type { Profile } from '../profiles/profile.ts';
import { type SubjectRequest, subjectAttributes } from '../profiles/subject-fields.ts';
import { type Constraint, checkConstraint, isPermitted } from './constraint.ts';
import { checkCrlUrls } from './crl-url.ts';
import { planValidity, type ValidityRequest } from './validity.ts';

export interface CertificateRequest extends NameRequest, SubjectRequest, ValidityRequest {
  /** Where clients can fetch the authority's revocation list. */
  readonly crlUrls?: readonly string[];
}

/** What issues a certificate, as far as the request has to be held against it. */
export interface IssuingContext {
  readonly issuer: Certificate;
  readonly constraint: Constraint;
  /** Where the authority rests; `undefined` for one in memory. */
  readonly home: string | undefined;
  /** The flags that name it in a command. Default: none. */
  readonly place?: string;
  /** Lets names outside the constraint through, for certificates that are defective on purpose. */
  readonly allowsOutside?: boolean;
}

/** A request that has been checked: all that a certificate says except its key and serial number. */
export interface CertificatePlan {
  readonly profile: Profile;
  readonly subject: DistinguishedName;
  readonly commonName: string | undefined;
  readonly names: readonly IdentifierName[];
  /** The NAMEs that were asked for. */
  readonly requested: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly crlUrls: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Checks a request against profile, constraint and issuer, before anything is signed.
 * Throws DEVCA_ISSUE_OUTSIDE_CONSTRAINT, DEVCA_ISSUE_COMMON_NAME_ALONE, DEVCA_ISSUE_SUBJECT, and what `readCertificateNames` and
 * `planValidity` throw.
 */
export function planCertificate(
  request: CertificateRequest,
  profile: Profile,
  context: IssuingContext,
  now: Date,
): CertificatePlan {
  const { constraint, home, allowsOutside = false } = context;
  const place = home === undefined ? undefined : (context.place ?? '');
  const { commonName, subjectAltNames, bareLabel, requested, warnings } = readCertificateNames(
    request,
    profile,
  );
  if (!allowsOutside) checkConstraint(subjectAltNames, constraint, place);
  const bare = bareLabel !== undefined && isPermitted(bareLabel, constraint) ? [bareLabel] : [];
  const names = withoutRepetitions(withBareLabel(subjectAltNames, bare));
  if (commonName !== undefined) checkCommonName(commonName, names, constraint);
  const { warnings: lifeWarnings, ...validity } = planValidity(request, profile, context.issuer, now, place);
  const crl = checkCrlUrls(request.crlUrls ?? []);
  const bareWarnings =
    bareLabel !== undefined && bare.length === 0 ? [bareLabelWarning(bareLabel.value, place)] : [];
  return {
    profile,
    subject: buildName(subjectAttributes(commonName, request)),
    commonName,
    names,
    requested,
    ...validity,
    crlUrls: crl.urls,
    warnings: [...warnings, ...bareWarnings, ...lifeWarnings, ...crl.warnings],
  };
}

/** DER of the certificate that a plan describes, for a public key. */
export function signCertificate(
  plan: CertificatePlan,
  key: CertifiedKey,
  serialNumber: string,
  issuer: Certificate,
  signer: Signer,
): Uint8Array {
  const { subject, notBefore, notAfter } = plan;
  const { subjectPublicKeyInfo } = key;
  const extensions = planExtensions(plan, key, issuer.subjectKeyIdentifier);
  return buildCertificate(
    { serialNumber, issuer: issuer.subject, subject, notBefore, notAfter, subjectPublicKeyInfo, extensions },
    signer,
  );
}

/** The extensions that a plan's profile gives it. */
export function planExtensions(
  plan: CertificatePlan,
  key: CertifiedKey,
  authorityKeyIdentifier: Uint8Array | undefined,
): Extension[] {
  return endEntityExtensions(
    {
      keyType: key.type,
      names: plan.names,
      emptySubject: plan.subject.rdns.length === 0,
      subjectKeyIdentifier: keyIdentifier(key.subjectPublicKeyInfo),
      authorityKeyIdentifier,
      crlUrls: plan.crlUrls,
    },
    plan.profile,
  );
}

/** After the first name, which is the one below the trust domain. */
function withBareLabel(
  names: readonly IdentifierName[],
  bare: readonly IdentifierName[],
): readonly IdentifierName[] {
  return [...names.slice(0, 1), ...bare, ...names.slice(1)];
}

function withoutRepetitions(names: readonly IdentifierName[]): readonly IdentifierName[] {
  return [...new Map(names.map((name) => [`${name.kind} ${name.value}`, name])).values()];
}

/**
 * Java takes any common name that looks like a host for one, OpenSSL one with a dot, and both hold it against the
 * constraint unless a permitted DNS name stands beside it.
 */
function checkCommonName(commonName: string, names: readonly IdentifierName[], constraint: Constraint): void {
  if (constraint.unconstrained || names.some(({ kind }) => kind === 'dNSName')) return;
  if (/^[A-Za-z0-9._:*-]+$/.test(commonName))
    throw new DevcaError('DEVCA_ISSUE_COMMON_NAME_ALONE', { commonName });
}

/** `place` is undefined for an authority in memory, which can't be widened. */
const bareLabelWarning = (label: string, place: string | undefined): string =>
  `clients that call the service just "${label}" will refuse it, since the authority may not issue for that: ${place === undefined ? `permit it when the authority is made` : `permit it with "devca ca permit ${label}${place}"`}`;
