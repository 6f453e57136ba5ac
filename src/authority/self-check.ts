import { DevcaError } from '../errors/devca-error.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { bytesEqual } from '../pki/fingerprint.ts';
import type { CertifiedKey, PrivateKey } from '../pki/key.ts';
import { nameEquals } from '../pki/name.ts';
import { endEntityCheck } from '../validation/verify-chain.ts';
import type { CertificatePlan } from './certificate-plan.ts';

/** The certificates that stand above an end entity. */
export interface IssuerChain {
  readonly root: Certificate;
  /** The intermediate, or the root itself where there is none. */
  readonly issuer: Certificate;
}

/** What a server shows after its own certificate. */
export const intermediatesOf = ({ root, issuer }: IssuerChain): readonly Certificate[] =>
  issuer === root ? [] : [issuer];

/** Reads and checks the DER of a certificate for a plan and a key. Throws DEVCA_ISSUE_SELF_CHECK. */
export type SelfCheck = (
  der: Uint8Array,
  plan: CertificatePlan,
  key: PrivateKey | CertifiedKey,
  now: Date,
) => Certificate;

/**
 * Reads certificates that were just signed and validates them against their own chain, as a client would: what devca's
 * own verifier refuses is never handed out.
 */
export function selfCheck(chain: IssuerChain): SelfCheck {
  const check = endEntityCheck([chain.root], intermediatesOf(chain));
  return (der, plan, key, now) => {
    const certificate = parseCertificate(der);
    if (!bytesEqual(certificate.subjectPublicKeyInfo, key.subjectPublicKeyInfo))
      throw failed('it has another key');
    if (!nameEquals(certificate.subject, plan.subject)) throw failed('it has another subject');
    // Whoever has the private half has made the key, or read it.
    const at = now > plan.notBefore ? now : plan.notBefore;
    const { extendedKeyUsage } = plan.profile;
    const problems = check(certificate, { at, extendedKeyUsage }, 'keyObject' in key);
    if (problems.length > 0)
      throw failed(problems.map(({ code, message }) => `${message} [${code}]`).join('; '));
    return certificate;
  };
}

const failed = (reason: string): DevcaError => new DevcaError('DEVCA_ISSUE_SELF_CHECK', { reason });
