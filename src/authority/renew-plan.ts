import type { CertificateRecord } from '../inventory/certificates.ts';
import type { Inventory } from '../inventory/database.ts';
import type { Certificate } from '../pki/certificate.ts';
import type { GeneralName } from '../pki/general-name.ts';
import type { IdentifierName } from '../pki/identifier.ts';
import { attributeValues } from '../pki/name.ts';
import type { World } from '../platform/world.ts';
import type { Profile } from '../profiles/profile.ts';
import type { CertificatePlan } from './certificate-plan.ts';
import { checkConstraint } from './constraint.ts';
import { checkCrlUrls } from './crl-url.ts';
import { profileAgain } from './find-profile.ts';
import type { Authority } from './open-authority.ts';
import { placeFlags } from './place-flags.ts';
import { DAY_MS, planValidity } from './validity.ts';

/**
 * What the next certificate says: the subject, names and distribution points of the old one, what its profile is now,
 * and as long a life. Its names are held against the constraint again, since the authority may be a later generation.
 * Throws DEVCA_ISSUE_OUTSIDE_CONSTRAINT, DEVCA_AUTHORITY_EXPIRED and DEVCA_PROFILE_*.
 */
export function planRenewal(
  old: Certificate,
  record: CertificateRecord,
  authority: Authority,
  inventory: Inventory,
  world: World,
): CertificatePlan {
  const { home, constraint, issuer } = authority;
  const profile = profileAgain(record.profile, home, world);
  const names = (old.subjectAltName ?? []).filter(isIdentifier);
  const place = placeFlags(authority, world);
  checkConstraint(names, constraint, place);
  const lifeMs = lifeAgain(record, profile, inventory);
  const { warnings, ...validity } = planValidity(
    { lifeMs },
    profile,
    issuer.certificate,
    world.clock.now(),
    place,
  );
  return {
    profile,
    subject: old.subject,
    commonName: attributeValues(old.subject, 'commonName')[0],
    names,
    requested: inventory.certificates.words(record.id),
    ...validity,
    crlUrls: checkCrlUrls(distributionPoints(old)).urls,
    warnings,
  };
}

const isIdentifier = (name: GeneralName): name is IdentifierName => 'value' in name;

/** A life that was cut to its issuer's says nothing of how long it was meant to be. */
function lifeAgain(record: CertificateRecord, profile: Profile, inventory: Inventory): number {
  const { notBefore, notAfter, authorityId } = record;
  // Where there is no intermediate the root issues.
  const [issuer] = ['intermediate', 'root'].flatMap((profile) =>
    inventory.certificates.list({ at: notBefore, authorityId, profile, limit: 1 }),
  );
  if (issuer !== undefined && notAfter.getTime() === issuer.notAfter.getTime())
    return profile.defaultDays * DAY_MS;
  return Math.min(notAfter.getTime() + 1000 - notBefore.getTime(), profile.longestDays * DAY_MS);
}

function distributionPoints({ cRLDistributionPoints = [] }: Certificate): readonly string[] {
  return cRLDistributionPoints.flatMap(({ distributionPoint }) =>
    distributionPoint !== undefined && 'fullName' in distributionPoint
      ? distributionPoint.fullName.flatMap((name) => ('value' in name ? [name.value] : []))
      : [],
  );
}
