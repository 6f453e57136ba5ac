import type { Inventory } from '../inventory/database.ts';
import type { Certificate } from '../pki/certificate.ts';
import type { CertifiedKey, PrivateKey } from '../pki/key.ts';
import { randomSerialNumber } from '../pki/serial-number.ts';
import type { Signer } from '../pki/signer.ts';
import type { World } from '../platform/world.ts';
import { type CertificatePlan, signCertificate } from './certificate-plan.ts';
import { chainOf } from './issued-certificate.ts';
import type { Authority } from './open-authority.ts';
import { selfCheck } from './self-check.ts';

/**
 * Signs what a plan describes under a serial number that is not taken, and checks the outcome as a client would.
 * Throws DEVCA_ISSUE_SELF_CHECK.
 */
export type Certifier = (plan: CertificatePlan, key: PrivateKey | CertifiedKey) => Certificate;

/** What signs for an authority within one change of its inventory. */
export function certifier(
  authority: Authority,
  signer: Signer,
  inventory: Inventory,
  world: World,
): Certifier {
  const chain = chainOf(authority);
  const check = selfCheck(chain, world.clock.now());
  return (plan, key) => {
    let serialNumber = randomSerialNumber(world.random);
    while (inventory.certificates.hasSerial(serialNumber)) serialNumber = randomSerialNumber(world.random);
    return check(signCertificate(plan, key, serialNumber, chain.issuer, signer), plan, key);
  };
}
