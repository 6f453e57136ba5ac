import type { Certificate } from '../pki/certificate.ts';
import { exportPkcs8Pem, type PrivateKey } from '../pki/key.ts';
import { encodePem } from '../pki/pem.ts';

/** A certificate with its key, in every form that a test needs. */
export interface EphemeralCertificate {
  readonly certificate: Certificate;
  /** What stands between it and the root; empty for one that signed itself. */
  readonly chain: readonly Certificate[];
  readonly key: PrivateKey;
  readonly certPem: string;
  readonly keyPem: string;
  readonly fullchainPem: string;
  readonly rootPem: string;
  /** Where some clients refuse what was issued. */
  readonly warnings: readonly string[];
  /** For `https.createServer`, `tls.connect` and the like: own chain and key, and the root to trust. */
  tlsOptions(): { key: string; cert: string; ca: string };
}

export function describeEphemeral(
  certificate: Certificate,
  key: PrivateKey,
  chain: readonly Certificate[],
  root: Certificate,
  warnings: readonly string[],
): EphemeralCertificate {
  const pem = ({ der }: Certificate) => encodePem('CERTIFICATE', der);
  const certPem = pem(certificate);
  const keyPem = exportPkcs8Pem(key);
  const fullchainPem = [certPem, ...chain.map(pem)].join('');
  const rootPem = pem(root);
  return {
    certificate,
    chain,
    key,
    certPem,
    keyPem,
    fullchainPem,
    rootPem,
    warnings,
    tlsOptions: () => ({ key: keyPem, cert: fullchainPem, ca: rootPem }),
  };
}
