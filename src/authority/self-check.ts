import { createPublicKey } from 'node:crypto';
import { DevcaError } from '../errors/devca-error.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { bytesEqual } from '../pki/fingerprint.ts';
import type { CertifiedKey, PrivateKey } from '../pki/key.ts';
import { nameEquals } from '../pki/name.ts';
import { rememberKey } from '../validation/public-key.ts';
import { checkParsedChain } from '../validation/verify-chain.ts';
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

/**
 * Reads a certificate that was just signed and validates it against its own chain, as a client would: what devca's
 * own verifier refuses is never handed out. Throws DEVCA_ISSUE_SELF_CHECK.
 */
export function checkIssued(
  der: Uint8Array,
  plan: CertificatePlan,
  key: PrivateKey | CertifiedKey,
  chain: IssuerChain,
  now: Date,
): Certificate {
  const certificate = parseCertificate(der);
  if (!bytesEqual(certificate.subjectPublicKeyInfo, key.subjectPublicKeyInfo))
    throw failed('it has another key');
  if ('keyObject' in key) rememberKey(certificate, createPublicKey(key.keyObject));
  if (!nameEquals(certificate.subject, plan.subject)) throw failed('it has another subject');
  const result = checkParsedChain(
    { endEntity: certificate, intermediates: [...intermediatesOf(chain)], anchors: [chain.root] },
    {
      at: now > plan.notBefore ? now : plan.notBefore,
      extendedKeyUsage: [...plan.profile.extendedKeyUsage],
    },
  );
  if (!result.valid)
    throw failed(result.problems.map(({ code, message }) => `${message} [${code}]`).join('; '));
  return certificate;
}

const failed = (reason: string): DevcaError => new DevcaError('DEVCA_ISSUE_SELF_CHECK', { reason });
