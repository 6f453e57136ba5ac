import type { NewCertificate } from '../inventory/certificates.ts';
import { exportedKeyMaker } from '../pki/exported-key.ts';
import type { KeyType, PrivateKey } from '../pki/key.ts';
import type { Signer } from '../pki/signer.ts';
import type { World } from '../platform/world.ts';
import type { CertificatePlan, CertificateRequest } from './certificate-plan.ts';
import {
  certificateRow,
  type DescribedCertificate,
  describeCertificate,
  issuedEvent,
} from './certificate-row.ts';
import { certify } from './certify.ts';
import { describeEphemeral, type EphemeralCertificate } from './ephemeral-certificate.ts';
import { chainOf } from './issued-certificate.ts';
import { type Authority, type AuthorityChoice, requireAuthority } from './open-authority.ts';
import { requestPlanner } from './request-planner.ts';
import { checkRequest, checkRequests } from './request-shape.ts';
import { intermediatesOf } from './self-check.ts';
import { changeWithSigner } from './signing.ts';

/** A certificate without files: what is asked of it beside its names. */
export interface BulkRequest extends CertificateRequest {
  /** The name of a profile. Default `server`. */
  readonly profile?: string;
  /** Default `ec-p256`. */
  readonly keyType?: KeyType;
}

/** What the inventory says of a certificate, and the certificate itself with its key, which is nowhere else. */
export type BulkCertificate = DescribedCertificate & EphemeralCertificate;

/** The home is locked, opened and synced once for so many. */
const BATCH_LIMIT = 1000;

/**
 * Issues as many certificates as are asked for, without files: in batches of at most 1,000, each of which is signed,
 * checked and durably recorded as a whole before the first of it is handed out. A request that is refused ends it; what
 * was handed out before stays. No more than a batch is in memory.
 * Throws what `issueCertificate` throws, but for what is about files.
 */
export async function* issueMany(
  requests: Iterable<BulkRequest> | AsyncIterable<BulkRequest>,
  place: AuthorityChoice,
  world: World,
): AsyncGenerator<BulkCertificate, void, undefined> {
  checkRequests(requests);
  const signers = new Map<number, Signer>();
  for await (const batch of batchesOf(requests)) {
    for (const recorded of await issueBatch(batch, signers, place, world)) yield describeBulk(recorded);
  }
}

/** Kept until its batch is through: no more of it than has to be, since memory is what a batch costs. */
interface Recorded {
  readonly plan: CertificatePlan;
  readonly key: PrivateKey;
  readonly row: NewCertificate;
  readonly authority: Authority;
}

async function issueBatch(
  requests: readonly BulkRequest[],
  signers: Map<number, Signer>,
  place: AuthorityChoice,
  world: World,
): Promise<readonly Recorded[]> {
  // Outside the lock, since an RSA key can take a second.
  const makeKey = exportedKeyMaker();
  const keyed = requests.map((request) => ({ request, key: makeKey(request.keyType ?? 'ec-p256') }));
  const { outcome } = await changeWithSigner(
    {
      home: place.home,
      signers,
      plan: (inventory) => {
        const authority = requireAuthority(inventory, place.home, world, place.authority);
        const plan = requestPlanner(authority, world);
        return { authority, plan: keyed.map(({ request, key }) => ({ plan: plan(request), key })) };
      },
      work: ({ authority, plan: planned }, signer, inventory) => {
        const createdAt = world.clock.now();
        const recorded: Recorded[] = [];
        for (const signed of certify(planned, authority, signer, inventory, world)) {
          const { plan, key } = signed;
          recorded.push({ plan, key, authority, row: certificateRow(signed, authority, createdAt) });
        }
        inventory.transaction(() => {
          for (const { row } of recorded) inventory.certificates.insert(row, 'delivered');
          inventory.events.append(...recorded.map(({ row }) => issuedEvent(row)));
        });
        return recorded;
      },
    },
    world,
  );
  return outcome;
}

function describeBulk({ plan, key, row, authority }: Recorded): BulkCertificate {
  const chain = chainOf(authority);
  const described = describeCertificate(row, { plan, key }, authority);
  const { warnings } = described;
  // Not spread: its texts are made when they are asked for.
  return Object.assign(
    describeEphemeral(row.der, key, intermediatesOf(chain), chain.root, warnings),
    described,
  );
}

async function* batchesOf(
  requests: Iterable<BulkRequest> | AsyncIterable<BulkRequest>,
): AsyncGenerator<readonly BulkRequest[], void, undefined> {
  let batch: BulkRequest[] = [];
  for await (const request of requests) {
    checkRequest(request);
    batch.push(request);
    if (batch.length < BATCH_LIMIT) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
