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

/** The texts are made when they are asked for: they take longer than the signature. */
export function describeEphemeral(
  certificate: Certificate,
  key: PrivateKey,
  chain: readonly Certificate[],
  root: Certificate,
  warnings: readonly string[],
): EphemeralCertificate {
  const pem = ({ der }: Certificate) => encodePem('CERTIFICATE', der);
  const texts: EphemeralCertificate = {
    certificate,
    chain,
    key,
    get certPem() {
      return pem(certificate);
    },
    get keyPem() {
      return exportPkcs8Pem(key);
    },
    get fullchainPem() {
      return [certificate, ...chain].map(pem).join('');
    },
    get rootPem() {
      return pem(root);
    },
    warnings,
    tlsOptions: () => ({ key: texts.keyPem, cert: texts.fullchainPem, ca: texts.rootPem }),
  };
  return texts;
}
