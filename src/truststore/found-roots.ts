import { parseCertificate } from '../pki/certificate.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import { commonNameOf } from '../pki/name.ts';
import { isDevcaName, type TrustAnchor } from './trust-anchor.ts';

/** What a store holds, as far as it is devca's. */
export interface FoundRoots {
  readonly hasAnchor: boolean;
  /** Names of other roots of devca. */
  readonly others: readonly string[];
}

/** Tells the very root from others of devca among the certificates of a store, which need not all be sound. */
export function findRoots(certificates: readonly Uint8Array[], { sha256 }: TrustAnchor): FoundRoots {
  const strangers = certificates.filter((der) => sha256Hex(der) !== sha256);
  return { hasAnchor: strangers.length < certificates.length, others: strangers.flatMap(devcaNameOf) };
}

function devcaNameOf(der: Uint8Array): readonly string[] {
  try {
    const name = commonNameOf(parseCertificate(der).subject);
    return name !== undefined && isDevcaName(name) ? [name] : [];
  } catch {
    return [];
  }
}
