import { type Certificate, parseCertificate } from '../pki/certificate.ts';
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

/** The texts are made when they are asked for, and DER is read then: both take longer than the signature. */
export function describeEphemeral(
  issued: Certificate | Uint8Array,
  key: PrivateKey,
  chain: readonly Certificate[],
  root: Certificate,
  warnings: readonly string[],
): EphemeralCertificate {
  const pem = ({ der }: Pick<Certificate, 'der'>) => encodePem('CERTIFICATE', der);
  const own = issued instanceof Uint8Array ? { der: issued } : issued;
  let certificate = issued instanceof Uint8Array ? undefined : issued;
  const texts: EphemeralCertificate = {
    get certificate() {
      certificate ??= parseCertificate(own.der);
      return certificate;
    },
    chain,
    key,
    get certPem() {
      return pem(own);
    },
    get keyPem() {
      return exportPkcs8Pem(key);
    },
    get fullchainPem() {
      return [own, ...chain].map(pem).join('');
    },
    get rootPem() {
      return pem(root);
    },
    warnings,
    tlsOptions: () => ({ key: texts.keyPem, cert: texts.fullchainPem, ca: texts.rootPem }),
  };
  return texts;
}
