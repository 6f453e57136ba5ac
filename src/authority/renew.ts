import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import type { CertificateRecord } from '../inventory/certificates.ts';
import { generateKey, isKeyType, type KeyType } from '../pki/key.ts';
import type { Signer } from '../pki/signer.ts';
import type { World } from '../platform/world.ts';
import { shadowedProfile } from './find-profile.ts';
import { warnOfGit } from './git-warning.ts';
import type { IssuedCertificate } from './issued-certificate.ts';
import { requireAuthority } from './open-authority.ts';
import type { Recovery } from './recovery.ts';
import { type Renewed, renewOne } from './renew-one.ts';
import { changeWithSigner, type SigningJob } from './signing.ts';

export interface RenewalOptions {
  /** `same` renews, `new` rekeys. */
  readonly key: 'same' | 'new';
  /** Of a new key. Default: the kind of the old one. */
  readonly keyType?: KeyType;
  /** Puts the files into a folder of their own, which a link leads to from then on. */
  readonly currentLink?: boolean;
  /** Overwrites files that were changed since devca wrote them. */
  readonly force?: boolean;
  /** Of stores among the files. */
  readonly password?: string;
  /** How long to wait for another process, each time. Default 30,000. */
  readonly lockTimeoutMs?: number;
}

export interface FailedRenewal {
  readonly record: CertificateRecord;
  readonly error: DevcaError;
}

export interface RenewalOutcome {
  readonly renewed: readonly IssuedCertificate[];
  readonly failed: readonly FailedRenewal[];
  /** Another process was faster. */
  readonly passed: readonly CertificateRecord[];
  readonly warnings: readonly string[];
  readonly recoveries: readonly Recovery[];
}

/**
 * Renews or rekeys certificates, each all or nothing and by itself: one that fails stops no other, and its old files
 * stay in place. The old row becomes replaced.
 */
export async function renewCertificates(
  records: readonly CertificateRecord[],
  options: RenewalOptions,
  home: string,
  world: World,
): Promise<RenewalOutcome> {
  const signers = new Map<number, Signer>();
  const renewed: Renewed[] = [];
  const failed: FailedRenewal[] = [];
  const passed: CertificateRecord[] = [];
  const recoveries: Recovery[] = [];
  const job = { home, signers, refusals: new Map<number, DevcaError>(), recoveries };
  for (const record of records) {
    try {
      const outcome = await renewRecord(record, options, job, world);
      if (outcome === 'replaced') passed.push(record);
      else renewed.push(outcome);
    } catch (error) {
      if (!isDevcaError(error)) throw error;
      failed.push({ record, error: inItsPlace(error) });
    }
  }
  const newKeyFiles = renewed.flatMap((each) => each.newKeyFiles);
  const warnings = [
    ...new Set(renewed.flatMap((each) => each.warnings)),
    ...shadowWarnings(renewed, home, world),
    ...(newKeyFiles.length === 0 ? [] : await warnOfGit(newKeyFiles, world)),
  ];
  return { renewed: renewed.map(({ issued }) => issued), failed, passed, warnings, recoveries };
}

/** A renewed certificate goes where its files are: there is no other place to name. */
const inItsPlace = (error: DevcaError): DevcaError =>
  isDevcaError(error, 'DEVCA_DELIVERY_TARGET') && error.context.canForce !== false
    ? new DevcaError('DEVCA_DELIVERY_TARGET', { ...error.context, canMove: false }, { cause: error })
    : error;

function shadowWarnings(renewed: readonly Renewed[], home: string, world: World): readonly string[] {
  return [...new Set(renewed.map(({ issued }) => issued.profile))].flatMap((profile) => {
    const path = shadowedProfile(profile, home, world);
    return path === undefined ? [] : [`"${path}" is not used: the profile "${profile}" comes with devca`];
  });
}

async function renewRecord(
  record: CertificateRecord,
  options: RenewalOptions,
  job: Pick<SigningJob<unknown, unknown>, 'home' | 'signers' | 'refusals' | 'recoveries'>,
  world: World,
): Promise<Renewed | 'replaced'> {
  const { lockTimeoutMs } = options;
  // Outside the lock: an RSA key can take a second.
  const newKey = options.key === 'new' ? generateKey(options.keyType ?? keyTypeOf(record)) : undefined;
  const { outcome } = await changeWithSigner(
    {
      ...job,
      ...(lockTimeoutMs === undefined ? {} : { lockTimeoutMs }),
      plan: (inventory) => {
        const name = inventory.authorities.byId(record.authorityId)?.name;
        return { authority: requireAuthority(inventory, job.home, world, name), plan: record.id };
      },
      work: ({ authority, plan: id }, signer, inventory) =>
        renewOne(id, newKey, { ...options, authority, signer }, inventory, world),
    },
    world,
  );
  return outcome;
}

/** A key of a kind that devca does not make can only be that of a request, which `renewOne` refuses. */
const keyTypeOf = ({ keyAlgorithm }: CertificateRecord): KeyType =>
  isKeyType(keyAlgorithm) ? keyAlgorithm : 'ec-p256';
