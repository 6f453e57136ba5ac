import { DevcaError } from '../errors/devca-error.ts';
import { FILES_WITH_KEY } from '../formats/material.ts';
import { PROOF_PROFILE } from '../inventory/certificate-query.ts';
import { type CertifiedKey, generateKey, type KeyType, type PrivateKey } from '../pki/key.ts';
import type { Signer } from '../pki/signer.ts';
import type { World } from '../platform/world.ts';
import type { FileRequest } from './certificate-files.ts';
import type { CertificatePlan } from './certificate-plan.ts';
import { certify } from './certify.ts';
import { BATCH_LIMIT } from './delivery.ts';
import { warnOfGit } from './git-warning.ts';
import { checkHome } from './home.ts';
import { deliverCertificates, type IssuedCertificate } from './issued-certificate.ts';
import { type AuthorityChoice, openAuthority, requireAuthority } from './open-authority.ts';
import type { Recovery } from './recovery.ts';
import { type PlannedRequest, requestPlanner } from './request-planner.ts';
import { checkRequest } from './request-shape.ts';
import { changeWithSigner, type SigningJob } from './signing.ts';

export interface IssueRequest extends PlannedRequest, FileRequest {
  /** Default `ec-p256`. */
  readonly keyType?: KeyType;
}

/** Which authority issues, and how. */
export interface IssuePlace extends AuthorityChoice {
  /** Overwrites files that devca did not write. */
  readonly force?: boolean;
  /** Recorded as made for a proof: see `PROOF_PROFILE`. */
  readonly isForProof?: boolean;
}

export interface IssueOutcome {
  readonly certificates: readonly IssuedCertificate[];
  /** About the files of all of them. */
  readonly warnings: readonly string[];
  /** What became of interrupted runs; its problems are warnings to show. */
  readonly recovery: Recovery;
}

/**
 * Issues one certificate: signs, checks, records and delivers it, all of it or nothing.
 * Throws what `planCertificate`, `openAuthority`, `openSigner`, `certify` and `deliver` throw.
 */
export async function issueCertificate(
  request: IssueRequest,
  place: IssuePlace,
  world: World,
): Promise<IssuedCertificate & { readonly recovery: Recovery }> {
  const { certificates, warnings, recovery } = await issueCertificates([request], place, world);
  const [issued] = certificates;
  if (issued === undefined) throw new DevcaError('DEVCA_INTERNAL', { detail: 'nothing was issued' });
  return { ...issued, warnings: [...issued.warnings, ...warnings], recovery };
}

/**
 * Issues many certificates, in batches of at most 100 that are all or nothing each. All requests are checked before
 * the first is signed.
 */
export async function issueCertificates(
  requests: readonly IssueRequest[],
  place: IssuePlace,
  world: World,
): Promise<IssueOutcome> {
  checkHome(place.home, world);
  for (const request of requests) checkRequest(request);
  if (requests.length > BATCH_LIMIT) previewCertificates(requests, place, world);
  const certificates: IssuedCertificate[] = [];
  const recoveries: Recovery[] = [];
  const signers = new Map<number, Signer>();
  for (let start = 0; start < requests.length; start += BATCH_LIMIT) {
    const batch = requests.slice(start, start + BATCH_LIMIT);
    // Outside the lock, since an RSA key can take a second.
    const keys = batch.map(({ publicKey, keyType = 'ec-p256' }) => publicKey ?? generateKey(keyType));
    const job = { home: place.home, signers, ...issueBatch(batch, keys, place, world) };
    const issued = await changeWithSigner(job, world);
    certificates.push(...issued.outcome);
    recoveries.push(...issued.recoveries);
  }
  const keyFiles = certificates.flatMap(({ files }) =>
    FILES_WITH_KEY.flatMap((format) => files[format] ?? []),
  );
  const gitWarnings = await warnOfGit(keyFiles, world);
  return { certificates, warnings: gitWarnings, recovery: mergeRecoveries(recoveries) };
}

/** What would be issued, without a change to anything. Throws what a request would be refused with. */
export function previewCertificates(
  requests: readonly IssueRequest[],
  place: IssuePlace,
  world: World,
): readonly CertificatePlan[] {
  const authority = openAuthority(place.home, world, place.authority);
  return requests.map(requestPlanner(authority, world));
}

function issueBatch(
  requests: readonly IssueRequest[],
  keys: readonly (PrivateKey | CertifiedKey)[],
  place: IssuePlace,
  world: World,
): Pick<SigningJob<readonly CertificatePlan[], readonly IssuedCertificate[]>, 'plan' | 'work'> {
  return {
    plan: (inventory) => {
      const authority = requireAuthority(inventory, place.home, world, place.authority);
      const plans = requests.map(requestPlanner(authority, world));
      return { authority, plan: place.isForProof === true ? plans.map(asProof) : plans };
    },
    work: ({ authority, plan: plans }, signer, inventory) => {
      const subjects = requests.flatMap((request, index) => {
        const [plan, key] = [plans[index], keys[index]];
        return plan === undefined || key === undefined ? [] : [{ request, plan, key }];
      });
      const signed = [...certify(subjects, authority, signer, inventory, world)];
      return deliverCertificates(signed, authority, place.force ?? false, inventory, world);
    },
  };
}

const asProof = (plan: CertificatePlan): CertificatePlan => ({
  ...plan,
  profile: { ...plan.profile, name: PROOF_PROFILE },
});

function mergeRecoveries(recoveries: readonly Recovery[]): Recovery {
  return {
    undone: recoveries.flatMap(({ undone }) => undone),
    completed: recoveries.flatMap(({ completed }) => completed),
    problems: recoveries.flatMap(({ problems }) => problems),
  };
}
