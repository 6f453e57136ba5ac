import type { Certificate } from '../pki/certificate.ts';
import { generateKey, type KeyType, type PrivateKey } from '../pki/key.ts';
import type { Signer } from '../pki/signer.ts';
import type { World } from '../platform/world.ts';
import type { CertificateRequest } from './certificate-plan.ts';
import { BATCH_LIMIT } from './delivery.ts';
import { describeEphemeral, type EphemeralCertificate } from './ephemeral-certificate.ts';
import { planFor, signPlan } from './issue.ts';
import { chainOf, deliverCertificates, type IssuedCertificate } from './issued-certificate.ts';
import { type AuthorityChoice, requireAuthority } from './open-authority.ts';
import { checkRequest, checkRequests } from './request-shape.ts';
import { type IssuerChain, intermediatesOf } from './self-check.ts';
import { changeWithSigner } from './signing.ts';

/** A certificate without files: what is asked of it beside its names. */
export interface BulkRequest extends CertificateRequest {
  /** The name of a profile. Default `server`. */
  readonly profile?: string;
  /** Default `ec-p256`. */
  readonly keyType?: KeyType;
}

/** What the inventory says of a certificate, and the certificate itself with its key, which is nowhere else. */
export type BulkCertificate = Omit<IssuedCertificate, 'files' | 'replaced'> & EphemeralCertificate;

/**
 * Issues as many certificates as are asked for, without files: in batches of at most 100, each of which is signed,
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
  for await (const batch of batchesOf(requests)) yield* await issueBatch(batch, signers, place, world);
}

async function issueBatch(
  requests: readonly BulkRequest[],
  signers: Map<number, Signer>,
  place: AuthorityChoice,
  world: World,
): Promise<readonly BulkCertificate[]> {
  // Outside the lock, since an RSA key can take a second.
  const keyed = requests.map((request) => ({ request, key: generateKey(request.keyType ?? 'ec-p256') }));
  const { outcome } = await changeWithSigner(
    {
      home: place.home,
      signers,
      plan: (inventory) => {
        const authority = requireAuthority(inventory, place.home, world, place.authority);
        return {
          authority,
          plan: keyed.map((each) => ({ ...each, plan: planFor(each.request, authority, world) })),
        };
      },
      work: ({ authority, plan: planned }, signer, inventory) => {
        const signed = planned.map(({ plan, key }) => ({
          request: { withoutPem: true },
          plan,
          key,
          certificate: signPlan(plan, key, authority, signer, inventory, world),
        }));
        const issued = deliverCertificates(signed, authority, false, inventory, world);
        return signed.flatMap(({ certificate, key }, index) => {
          const row = issued[index];
          return row === undefined ? [] : [describeBulk(row, certificate, key, chainOf(authority))];
        });
      },
    },
    world,
  );
  return outcome;
}

function describeBulk(
  { files: _, replaced: __, ...row }: IssuedCertificate,
  certificate: Certificate,
  key: PrivateKey,
  chain: IssuerChain,
): BulkCertificate {
  // Not spread: its texts are made when they are asked for.
  const described = describeEphemeral(certificate, key, intermediatesOf(chain), chain.root, row.warnings);
  return Object.assign(described, row);
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
