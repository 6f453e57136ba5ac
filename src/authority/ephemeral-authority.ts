import { DevcaError } from '../errors/devca-error.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { buildCrl, type CrlFields, type RevokedEntry } from '../pki/crl-builder.ts';
import { exportedKeyMaker } from '../pki/exported-key.ts';
import { type KeyType, keyIdentifier } from '../pki/key.ts';
import { encodePem } from '../pki/pem.ts';
import { randomSerialNumber } from '../pki/serial-number.ts';
import { systemClock } from '../platform/clock.ts';
import { systemRandom } from '../platform/random.ts';
import type { World } from '../platform/world.ts';
import { BUILT_IN_PROFILES, builtInProfile } from '../profiles/built-in.ts';
import type { Profile } from '../profiles/profile.ts';
import { type CertificateRequest, planCertificate, signCertificate } from './certificate-plan.ts';
import { buildConstraint, type Constraint, type ConstraintRequest } from './constraint.ts';
import { type Defects, signDefective } from './defective-certificate.ts';
import { describeEphemeral, type EphemeralCertificate } from './ephemeral-certificate.ts';
import { buildHierarchy, type HierarchyRequest } from './hierarchy.ts';
import { checkRequest } from './request-shape.ts';
import { selfCheck } from './self-check.ts';

export interface EphemeralAuthorityOptions extends ConstraintRequest {
  /** Instead of one that is built from `permit` and the like. */
  readonly constraint?: Constraint;
  /** Default `ec-p256`. */
  readonly keyType?: KeyType;
  /** Subjects of root and intermediate, to look like another authority. */
  readonly subjects?: HierarchyRequest['subjects'];
}

export interface EphemeralIssueOptions extends Omit<CertificateRequest, 'names'> {
  /** A profile or the name of one that comes with devca. Default `server`. */
  readonly profile?: string | Profile;
  /** Default `ec-p256`. */
  readonly keyType?: KeyType;
}

/** A root and an intermediate that exist in memory only, for test suites and for the self-test. */
export interface EphemeralAuthority {
  readonly root: Certificate;
  readonly intermediate: Certificate;
  readonly constraint: Constraint;
  readonly rootPem: string;
  readonly intermediatePem: string;
  /** Issues under the same rules as an authority on disk. */
  issue(names: readonly string[], options?: EphemeralIssueOptions): Promise<EphemeralCertificate>;
  /** Issues what `issue` refuses: with other dates, names, purposes or issuer. */
  issueDefective(
    names: readonly string[],
    defects: Defects,
    options?: EphemeralIssueOptions,
  ): Promise<EphemeralCertificate>;
  /** DER of a CRL of one of the two. Without dates: from five minutes ago for a day. */
  buildCrl(
    issuer: 'root' | 'intermediate',
    revoked?: readonly RevokedEntry[],
    fields?: Partial<Pick<CrlFields, 'thisUpdate' | 'nextUpdate' | 'number'>>,
  ): Uint8Array;
}

/** Makes an authority in memory. Its keys are gone with it; nothing is written anywhere. */
export async function createEphemeralAuthority(
  options: EphemeralAuthorityOptions = {},
  world: Pick<World, 'clock' | 'random'> = { clock: systemClock, random: systemRandom },
): Promise<EphemeralAuthority> {
  const { keyType = 'ec-p256', subjects } = options;
  const constraint = options.constraint ?? buildConstraint(options);
  const owner = { userName: 'ephemeral', hostName: 'memory' };
  const hierarchy = buildHierarchy(
    { keyType, constraint, generation: 1, owner, ...(subjects === undefined ? {} : { subjects }) },
    world,
  );
  const { root, intermediate } = hierarchy;
  const chain = { root: root.certificate, issuer: intermediate.certificate };
  const check = selfCheck(chain);
  const makeKey = exportedKeyMaker();
  const prepare = (names: readonly string[], issueOptions: EphemeralIssueOptions) => {
    const request = { ...issueOptions, names };
    checkRequest(request);
    return {
      request,
      profile: profileOf(issueOptions.profile ?? 'server'),
      key: makeKey(issueOptions.keyType ?? 'ec-p256'),
      serialNumber: randomSerialNumber(world.random),
    };
  };
  return {
    root: root.certificate,
    intermediate: intermediate.certificate,
    constraint,
    rootPem: encodePem('CERTIFICATE', root.certificate.der),
    intermediatePem: encodePem('CERTIFICATE', intermediate.certificate.der),
    issue: async (names, issueOptions = {}) => {
      const { request, profile, key, serialNumber } = prepare(names, issueOptions);
      const context = { issuer: intermediate.certificate, constraint, home: undefined };
      const plan = planCertificate(request, profile, context, world.clock.now());
      const der = signCertificate(plan, key, serialNumber, intermediate.certificate, intermediate.signer);
      const certificate = check(der, plan, key, world.clock.now());
      return describeEphemeral(certificate, key, [intermediate.certificate], root.certificate, plan.warnings);
    },
    issueDefective: async (names, defects, issueOptions = {}) => {
      const { request, profile, key, serialNumber } = prepare(names, issueOptions);
      const now = world.clock.now();
      const der = signDefective(request, profile, key, serialNumber, defects, hierarchy, constraint, now);
      const issuers = defects.selfSigned === true ? [] : [intermediate.certificate];
      return describeEphemeral(parseCertificate(der), key, issuers, root.certificate, []);
    },
    buildCrl: (issuer, revoked = [], fields = {}) => {
      const { certificate, key, signer } = hierarchy[issuer];
      const now = world.clock.now().getTime();
      return buildCrl(
        {
          issuer: certificate.subject,
          thisUpdate: fields.thisUpdate ?? new Date(now - 5 * 60_000),
          nextUpdate: fields.nextUpdate ?? new Date(now + 24 * 60 * 60_000),
          number: fields.number ?? 1,
          authorityKeyIdentifier: keyIdentifier(key.subjectPublicKeyInfo),
          revoked,
        },
        signer,
      );
    },
  };
}

function profileOf(profile: string | Profile): Profile {
  if (typeof profile !== 'string') return profile;
  const found = builtInProfile(profile);
  if (found === undefined)
    throw new DevcaError('DEVCA_PROFILE_UNKNOWN', { profile, known: BUILT_IN_PROFILES });
  return found;
}
