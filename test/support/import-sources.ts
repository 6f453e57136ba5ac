import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exportPkcs8Pem, type PrivateKey } from '../../src/pki/key.ts';
import { encodePem } from '../../src/pki/pem.ts';
import { extension, type TestCertificate, type TestFields, testAuthority } from './test-pki.ts';

/** The files of an authority as the tools that make them lay them out. */

export const pemOf = ({ der }: Pick<TestCertificate, 'der'>): string => encodePem('CERTIFICATE', der);

export function write(path: string, text: string, mode = 0o600): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode });
  return path;
}

/** mkcert's root: path length 0, and no right to sign lists. */
export const mkcertRoot = (fields: Partial<TestFields> = {}): TestCertificate =>
  testAuthority({
    subject: 'mkcert ada@engine',
    pathLenConstraint: 0,
    extensions: [extension.keyUsage(['keyCertSign'])],
    ...fields,
  });

export function mkcertFolder(folder: string, root = mkcertRoot(), key = exportPkcs8Pem(root.key)): string {
  write(join(folder, 'rootCA.pem'), pemOf(root), 0o644);
  write(join(folder, 'rootCA-key.pem'), key, 0o400);
  return folder;
}

export interface TwoTier {
  readonly root: TestCertificate;
  readonly intermediate: TestCertificate;
}

/** Root and intermediate as Caddy and step-ca have them; `intermediate` changes how long that lives. */
export function twoTier(intermediate: Partial<TestFields> = {}, root: Partial<TestFields> = {}): TwoTier {
  const top = testAuthority({ subject: 'Local Root', pathLenConstraint: 1, ...root });
  return {
    root: top,
    intermediate: testAuthority({
      subject: 'Local Intermediate',
      pathLenConstraint: 0,
      issuer: top,
      ...intermediate,
    }),
  };
}

/** Caddy's data folder. */
export function caddyFolder(
  data: string,
  { root, intermediate }: TwoTier,
  issued: readonly TestCertificate[] = [],
): string {
  const at = join(data, 'pki/authorities/local');
  write(join(at, 'root.crt'), pemOf(root));
  write(join(at, 'root.key'), sec1Pem(root.key));
  write(join(at, 'intermediate.crt'), pemOf(intermediate));
  write(join(at, 'intermediate.key'), sec1Pem(intermediate.key));
  for (const [index, each] of issued.entries())
    write(join(data, `certificates/local/name${index}/name${index}.crt`), pemOf(each) + pemOf(intermediate));
  return at;
}

export interface StepKeys {
  readonly root?: string;
  readonly intermediate?: string;
}

export function stepFolder(folder: string, { root, intermediate }: TwoTier, keys: StepKeys): string {
  write(join(folder, 'certs/root_ca.crt'), pemOf(root));
  write(join(folder, 'certs/intermediate_ca.crt'), pemOf(intermediate));
  if (keys.root !== undefined) write(join(folder, 'secrets/root_ca_key'), keys.root);
  if (keys.intermediate !== undefined) write(join(folder, 'secrets/intermediate_ca_key'), keys.intermediate);
  write(join(folder, 'config/ca.json'), '{}');
  return folder;
}

export interface EasyRsaFiles {
  readonly index: string;
  readonly issued?: Readonly<Record<string, TestCertificate>>;
  readonly revoked?: Readonly<Record<string, TestCertificate>>;
  readonly crlNumber?: string;
}

export function easyRsaFolder(folder: string, root: TestCertificate, files: EasyRsaFiles): string {
  const pki = join(folder, 'pki');
  write(join(pki, 'ca.crt'), `Certificate:\n    Data:\n${pemOf(root)}`);
  write(join(pki, 'private/ca.key'), exportPkcs8Pem(root.key));
  write(join(pki, 'index.txt'), files.index);
  for (const [name, each] of Object.entries(files.issued ?? {}))
    write(join(pki, `issued/${name}.crt`), pemOf(each));
  for (const [serial, each] of Object.entries(files.revoked ?? {}))
    write(join(pki, `revoked/certs_by_serial/${serial}.crt`), pemOf(each));
  if (files.crlNumber !== undefined) write(join(pki, 'crlnumber'), `${files.crlNumber}\n`);
  return folder;
}

/** A line of `index.txt`, as OpenSSL writes it. */
export const indexRow = (status: 'V' | 'R', { certificate }: IndexedCertificate, revoked = ''): string =>
  `${status}\t270615120000Z\t${revoked}\t${certificate.serialNumber.toUpperCase()}\tunknown\t/CN=x\n`;

interface IndexedCertificate {
  readonly certificate: { readonly serialNumber: string };
}

/** `EC PRIVATE KEY`, as Caddy writes it. */
export const sec1Pem = ({ keyObject }: PrivateKey): string =>
  keyObject.export({ type: 'sec1', format: 'pem' }).toString();

/** With the headers of RFC 1421, as step-ca has long written it. */
export const legacyPem = ({ keyObject }: PrivateKey, passphrase: string): string =>
  keyObject.export({ type: 'sec1', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString();

export const encryptedPem = ({ keyObject }: PrivateKey, passphrase: string): string =>
  keyObject.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString();
