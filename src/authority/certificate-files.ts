import { dirname, join } from 'node:path';
import type { Certificate } from '../pki/certificate.ts';
import { exportPkcs8Pem, type PrivateKey } from '../pki/key.ts';
import { encodePem } from '../pki/pem.ts';
import type { FileToDeliver } from './delivery.ts';
import { fileNameFor } from './file-name.ts';
import type { IssuerChain } from './self-check.ts';

/** Where the files of a certificate go. Paths are absolute or relative to the working folder. */
export interface FileRequest {
  /** Default: the working folder. */
  readonly out?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  /** Adds NAME-chain.pem, which has the intermediate alone. */
  readonly withChain?: boolean;
  /** Adds root.pem. */
  readonly withRoot?: boolean;
}

/**
 * The files of a certificate by mkcert's names: NAME.pem, NAME-key.pem, NAME-fullchain.pem. With a name of its own for
 * the certificate, the full chain stands beside that.
 */
export function certificateFiles(
  certificate: Certificate,
  key: PrivateKey,
  chain: IssuerChain,
  names: readonly string[],
  suffix: string,
  request: FileRequest,
): readonly FileToDeliver[] {
  const folder = request.out ?? '.';
  const base = join(folder, fileNameFor(names, suffix));
  const certFile = request.certFile ?? `${base}.pem`;
  const beside =
    request.certFile === undefined ? base : request.certFile.replace(/\.(pem|crt|cer|cert)$/i, '');
  const pem = ({ der }: Certificate) => encodePem('CERTIFICATE', der);
  const file = (format: string, path: string, text: string, mode = 0o644): FileToDeliver => {
    return { path, format, mode, bytes: Buffer.from(text, 'latin1') };
  };
  return [
    file('cert', certFile, pem(certificate)),
    file('key', request.keyFile ?? `${base}-key.pem`, exportPkcs8Pem(key), 0o600),
    file('fullchain', `${beside}-fullchain.pem`, pem(certificate) + pem(chain.intermediate)),
    ...(request.withChain === true ? [file('chain', `${beside}-chain.pem`, pem(chain.intermediate))] : []),
    ...(request.withRoot === true
      ? [file('root', join(dirname(certFile), 'root.pem'), pem(chain.root))]
      : []),
  ];
}
