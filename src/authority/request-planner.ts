import { DevcaError } from '../errors/devca-error.ts';
import { bytesEqual } from '../pki/fingerprint.ts';
import type { CertifiedKey } from '../pki/key.ts';
import { formatName } from '../pki/name-text.ts';
import type { World } from '../platform/world.ts';
import type { Profile } from '../profiles/profile.ts';
import { type CertificatePlan, type CertificateRequest, planCertificate } from './certificate-plan.ts';
import { findProfile } from './find-profile.ts';
import type { Authority } from './open-authority.ts';
import { placeFlags } from './place-flags.ts';

/** What is asked of an authority on disk. */
export interface PlannedRequest extends CertificateRequest {
  /** The name of a profile. Default `server`. */
  readonly profile?: string;
  /** The key to certify, instead of a new one: of a request, whose sender has the private half. */
  readonly publicKey?: CertifiedKey;
}

/**
 * Checks requests against their profiles and the authority, as of now. Throws DEVCA_CSR_OWN_KEY, and what
 * `planCertificate` and `findProfile` throw.
 */
export function requestPlanner(
  authority: Authority,
  world: World,
): (request: PlannedRequest) => CertificatePlan {
  const { constraint, home, issuer } = authority;
  const place = placeFlags(authority, world);
  const context = { issuer: issuer.certificate, constraint, home, place };
  const now = world.clock.now();
  const profiles = new Map<string, Profile>();
  return ({ profile: name = 'server', publicKey, ...request }) => {
    refuseOwnKey(publicKey, authority);
    const profile = profiles.get(name) ?? findProfile(name, home, world);
    profiles.set(name, profile);
    return planCertificate(request, profile, context, now);
  };
}

/** With a certificate for a server, the authority's key would be asked for handshakes too. */
function refuseOwnKey(key: CertifiedKey | undefined, { root, issuer }: Authority): void {
  const owner = [issuer, root].find(
    ({ certificate }) =>
      key !== undefined && bytesEqual(certificate.subjectPublicKeyInfo, key.subjectPublicKeyInfo),
  );
  if (owner !== undefined)
    throw new DevcaError('DEVCA_CSR_OWN_KEY', { owner: formatName(owner.certificate.subject) });
}
