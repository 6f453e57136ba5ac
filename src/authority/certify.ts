import { DevcaError } from '../errors/devca-error.ts';
import type { Inventory } from '../inventory/database.ts';
import type { Certificate } from '../pki/certificate.ts';
import { randomSerialNumbers } from '../pki/serial-number.ts';
import type { Signer } from '../pki/signer.ts';
import type { World } from '../platform/world.ts';
import { signCertificate } from './certificate-plan.ts';
import type { SignedCertificate } from './certificate-row.ts';
import { chainOf } from './issued-certificate.ts';
import type { Authority } from './open-authority.ts';
import { selfCheck } from './self-check.ts';

type Subject = Pick<SignedCertificate, 'plan' | 'key'>;

/**
 * Signs what plans describe under serial numbers that are not taken, and gives the certificates in their order, each
 * checked as a client would. Throws DEVCA_ISSUE_SELF_CHECK.
 */
export function* certify<Each extends Subject>(
  subjects: readonly Each[],
  authority: Authority,
  signer: Signer,
  inventory: Inventory,
  world: World,
): Generator<Each & SignedCertificate, void, undefined> {
  const chain = chainOf(authority);
  const serialNumbers = freshSerialNumbers(subjects.length, inventory, world);
  // All of one kind of work and then all of the next is kinder to a processor's caches than to take turns.
  const signed = subjects.map((subject, index) => {
    const { plan, key } = subject;
    return { subject, der: signCertificate(plan, key, serialNumbers[index] ?? '', chain.issuer, signer) };
  });
  const check = selfCheck(chain);
  const now = world.clock.now();
  for (const { subject, der } of signed)
    yield { ...subject, certificate: check(der, subject.plan, subject.key, now) };
}

/** The same for one. */
export function certifyOne(
  subject: Subject,
  authority: Authority,
  signer: Signer,
  inventory: Inventory,
  world: World,
): Certificate {
  for (const { certificate } of certify([subject], authority, signer, inventory, world)) return certificate;
  throw new DevcaError('DEVCA_INTERNAL', { detail: 'nothing was certified' });
}

function freshSerialNumbers(count: number, inventory: Inventory, world: World): readonly string[] {
  const drawn = randomSerialNumbers(count, world.random);
  const used = inventory.certificates.usedSerials(drawn);
  if (used.length === 0) return drawn;
  const fresh = drawn.filter((serialNumber) => !used.includes(serialNumber));
  return [...fresh, ...freshSerialNumbers(count - fresh.length, inventory, world)];
}
