import { buildCertificate } from '../pki/certificate-builder.ts';
import { encodeExtendedKeyUsage } from '../pki/extensions/extended-key-usage.ts';
import type { Extension } from '../pki/extensions/extension.ts';
import { keyIdentifier, type PrivateKey } from '../pki/key.ts';
import { OID } from '../pki/oid.ts';
import { createSigner } from '../pki/signer.ts';
import type { Profile } from '../profiles/profile.ts';
import { type CertificateRequest, planCertificate, planExtensions } from './certificate-plan.ts';
import type { Constraint } from './constraint.ts';
import type { Hierarchy } from './hierarchy.ts';

/** What is wrong with a certificate on purpose. Whatever is not named here is as it should be. */
export interface Defects {
  /** Not held against clock, issuer or limits. */
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Object identifiers instead of those of the profile; none for no such extension. */
  readonly extendedKeyUsage?: readonly string[];
  /** Signed by its own key, with itself as issuer. */
  readonly selfSigned?: boolean;
  /** The last word on the extensions. */
  readonly extensions?: (extensions: readonly Extension[]) => readonly Extension[];
}

/** DER of a certificate that no authority should issue. Its names are not held against the constraint. */
export function signDefective(
  request: CertificateRequest,
  profile: Profile,
  key: PrivateKey,
  serialNumber: string,
  defects: Defects,
  { intermediate }: Hierarchy,
  constraint: Constraint,
  now: Date,
): Uint8Array {
  const context = { issuer: intermediate.certificate, constraint, home: undefined, allowsOutside: true };
  const plan = planCertificate(request, profile, context, now);
  const selfSigned = defects.selfSigned === true;
  const ownIdentifier = keyIdentifier(key.subjectPublicKeyInfo);
  const authorityKeyIdentifier = selfSigned ? ownIdentifier : intermediate.certificate.subjectKeyIdentifier;
  const extensions = withPurposes(
    planExtensions(plan, key, authorityKeyIdentifier),
    defects.extendedKeyUsage,
  );
  return buildCertificate(
    {
      serialNumber,
      issuer: selfSigned ? plan.subject : intermediate.certificate.subject,
      subject: plan.subject,
      notBefore: defects.notBefore ?? plan.notBefore,
      notAfter: defects.notAfter ?? plan.notAfter,
      subjectPublicKeyInfo: key.subjectPublicKeyInfo,
      extensions: defects.extensions?.(extensions) ?? extensions,
    },
    selfSigned ? createSigner(key) : intermediate.signer,
  );
}

function withPurposes(
  extensions: readonly Extension[],
  purposes: readonly string[] | undefined,
): readonly Extension[] {
  if (purposes === undefined) return extensions;
  return extensions.flatMap((extension) => {
    if (extension.oid !== OID.extKeyUsage) return [extension];
    return purposes.length === 0 ? [] : [{ ...extension, value: encodeExtendedKeyUsage(purposes) }];
  });
}
