import { dirname, join } from 'node:path';
import type { FormatEncoder, Material } from '../formats/material.ts';
import type { Certificate } from '../pki/certificate.ts';
import { exportPkcs8Pem, type PrivateKey } from '../pki/key.ts';
import { attributeValues } from '../pki/name.ts';
import { encodePem } from '../pki/pem.ts';
import type { FileToDeliver } from './delivery.ts';
import { type IssuerChain, intermediatesOf } from './self-check.ts';

/** Where the files of a certificate go. Paths are absolute or relative to the working folder. */
export interface FileRequest {
  /** Default: the working folder. */
  readonly out?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  /** Adds NAME-chain.pem, which has the intermediate alone; none where the root issues. */
  readonly withChain?: boolean;
  /** Adds root.pem. */
  readonly withRoot?: boolean;
  /** Leaves out the PEM files of certificate, key and full chain. */
  readonly withoutPem?: boolean;
  /** Makes files in further formats; see `formatEncoder`. They stand in `out`. */
  readonly encode?: FormatEncoder;
}

/**
 * The files of a certificate by mkcert's names: NAME.pem, NAME-key.pem, NAME-fullchain.pem. With a name of its own for
 * the certificate, the full chain stands beside that. A certificate that was made from a request has no key file.
 * Throws what the encoder throws.
 */
export function certificateFiles(material: Material, request: FileRequest): readonly FileToDeliver[] {
  const folder = request.out ?? '.';
  const base = join(folder, material.fileName);
  const certFile = request.certFile ?? `${base}.pem`;
  const beside =
    request.certFile === undefined ? base : request.certFile.replace(/\.(pem|crt|cer|cert)$/i, '');
  const further = request.encode?.(material) ?? [];
  return [
    ...(request.withoutPem === true ? [] : pemFiles(material, certFile, beside, `${base}-key.pem`, request)),
    ...(request.withChain === true && material.chain.length > 0
      ? [pemFile('chain', `${beside}-chain.pem`, material.chain.map(certificatePem).join(''))]
      : []),
    ...(request.withRoot === true
      ? [pemFile('root', join(dirname(certFile), 'root.pem'), certificatePem(material.root))]
      : []),
    ...further.map(({ fileName, ...file }) => ({ ...file, path: join(folder, fileName) })),
  ];
}

/** What files are made of, for an end entity and what stands above it. */
export function materialOf(
  certificate: Certificate,
  key: PrivateKey | undefined,
  chain: IssuerChain,
  fileName: string,
): Material {
  const { subject, subjectAltName = [] } = certificate;
  const names = subjectAltName.flatMap((name) => ('value' in name ? [name.value] : []));
  return {
    certificate: certificate.der,
    chain: intermediatesOf(chain).map(({ der }) => der),
    root: chain.root.der,
    key,
    fileName,
    names: [...attributeValues(subject, 'commonName'), ...names],
  };
}

function pemFiles(
  { certificate, chain, key }: Material,
  certFile: string,
  beside: string,
  usualKeyFile: string,
  request: FileRequest,
): readonly FileToDeliver[] {
  const fullchain = [certificate, ...chain].map(certificatePem).join('');
  const keyFile = request.keyFile ?? usualKeyFile;
  return [
    pemFile('cert', certFile, certificatePem(certificate)),
    ...(key === undefined ? [] : [pemFile('key', keyFile, exportPkcs8Pem(key), 0o600)]),
    pemFile('fullchain', `${beside}-fullchain.pem`, fullchain),
  ];
}

const certificatePem = (der: Uint8Array): string => encodePem('CERTIFICATE', der);

function pemFile(format: string, path: string, text: string, mode = 0o644): FileToDeliver {
  return { path, format, mode, bytes: Buffer.from(text, 'latin1') };
}
