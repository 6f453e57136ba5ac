import { DevcaError } from '../errors/devca-error.ts';
import { encodeJks } from '../pki/jks-writer.ts';
import { exportPkcs8Pem, type PrivateKey } from '../pki/key.ts';
import { encodePem } from '../pki/pem.ts';
import { encodePkcs7 } from '../pki/pkcs7-writer.ts';
import { encodePkcs12 } from '../pki/pkcs12-writer.ts';
import type { StoreContent } from '../pki/store-content.ts';
import { checkAlias, usableAlias } from './alias.ts';
import { environmentFile } from './environment-file.ts';
import { type Format, KEY_FORMATS } from './format.ts';
import { secretDocument, secretName } from './kubernetes-secret.ts';
import type { FormatEncoder, FormatFile, Material } from './material.ts';

export interface FormatOptions {
  /** Of PKCS#12 and JKS, as `checkPassword` lets it through. */
  readonly password?: string;
  /** What the entry of a store and a Secret are called. Default: the name of the certificate, `devca-root`. */
  readonly alias?: string;
  /** PKCS#12 for readers from before 2020. */
  readonly legacy?: boolean;
  readonly createdAt: Date;
  readonly random: (length: number) => Uint8Array;
}

/**
 * Makes the files of a certificate in some formats; `pem` is for `certificateFiles`.
 * Throws DEVCA_FORMAT_ALIAS at once, and DEVCA_FORMAT_NEEDS_KEY for a certificate whose key devca does not have.
 */
export function formatEncoder(formats: readonly Format[], options: FormatOptions): FormatEncoder {
  const { alias } = options;
  if (alias !== undefined) {
    checkAlias(alias);
    if (formats.includes('k8s')) secretName(alias, true);
  }
  return (material) => {
    const wanting =
      material.key === undefined ? formats.filter((format) => KEY_FORMATS.includes(format)) : [];
    if (wanting.length > 0) throw new DevcaError('DEVCA_FORMAT_NEEDS_KEY', { formats: wanting });
    return [...new Set(formats)].flatMap((format) => ENCODERS[format](material, options));
  };
}

/** The entry of the root in a store of trust. */
const ROOT_ALIAS = 'devca-root';

const PUBLIC = 0o644;
const SECRET = 0o600;

type Encoder = (material: Material, options: FormatOptions) => readonly FormatFile[];

const ENCODERS: Readonly<Record<Format, Encoder>> = {
  pem: () => [],
  der: ({ certificate, key, fileName }) => [
    file('der', `${fileName}.der`, PUBLIC, certificate),
    ...(key === undefined ? [] : [file('key-der', `${fileName}-key.der`, SECRET, pkcs8(key))]),
  ],
  combined: (material) => {
    const text = chainPem(material) + exportPkcs8Pem(keyOf(material));
    return [file('combined', `${material.fileName}-combined.pem`, SECRET, ascii(text))];
  },
  p12: (material, options) => [
    file('p12', `${material.fileName}.p12`, SECRET, pkcs12(keyStore(material, options), options)),
  ],
  truststore: (material, options) => [
    file(
      'truststore',
      `${material.fileName}-truststore.p12`,
      PUBLIC,
      pkcs12(trustStore(material, options), options),
    ),
  ],
  jks: (material, options) => [
    file('jks', `${material.fileName}.jks`, SECRET, jks(keyStore(material, options), options)),
  ],
  'jks-truststore': (material, options) => [
    file(
      'jks-truststore',
      `${material.fileName}-truststore.jks`,
      PUBLIC,
      jks(trustStore(material, options), options),
    ),
  ],
  p7b: ({ certificate, chain, root, fileName }) => {
    const text = encodePem('PKCS7', encodePkcs7([certificate, ...chain, root]));
    return [file('p7b', `${fileName}.p7b`, PUBLIC, ascii(text))];
  },
  k8s: (material, { alias }) => {
    const name = alias ?? secretName(material.fileName, false);
    const text = secretDocument(name, pemOf(material));
    return [file('k8s', `${material.fileName}-secret.yaml`, SECRET, ascii(text))];
  },
  base64: (material) => [
    file('base64', `${material.fileName}.env`, SECRET, ascii(environmentFile(pemOf(material)))),
  ],
};

function file(format: string, fileName: string, mode: number, bytes: Uint8Array): FormatFile {
  return { format, fileName, mode, bytes };
}

/** A served chain has no root in it: every client has its own, or does not trust it. */
function keyStore(material: Material, options: FormatOptions): StoreContent {
  const alias = options.alias ?? usableAlias(material.names);
  const chain = [material.certificate, ...material.chain];
  return { key: { alias, pkcs8: pkcs8(keyOf(material)), chain }, trusted: [] };
}

function trustStore({ root }: Material, { alias = ROOT_ALIAS }: FormatOptions): StoreContent {
  return { trusted: [{ alias, certificate: root }] };
}

function pkcs12(content: StoreContent, options: FormatOptions): Uint8Array {
  const { legacy = false, random } = options;
  return encodePkcs12(content, { password: passwordOf(options), legacy, random });
}

function jks(content: StoreContent, options: FormatOptions): Uint8Array {
  const { createdAt, random } = options;
  return encodeJks(content, { password: passwordOf(options), createdAt, random });
}

function pemOf(material: Material): { chain: string; key: string; root: string } {
  const root = encodePem('CERTIFICATE', material.root);
  return { chain: chainPem(material), key: exportPkcs8Pem(keyOf(material)), root };
}

const chainPem = ({ certificate, chain }: Material): string =>
  [certificate, ...chain].map((der) => encodePem('CERTIFICATE', der)).join('');

const pkcs8 = ({ keyObject }: PrivateKey): Uint8Array => keyObject.export({ type: 'pkcs8', format: 'der' });

const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1');

function keyOf({ key }: Material): PrivateKey {
  if (key === undefined) throw new DevcaError('DEVCA_INTERNAL', { detail: 'a format has no key' });
  return key;
}

function passwordOf({ password }: FormatOptions): string {
  if (password === undefined) throw new DevcaError('DEVCA_INTERNAL', { detail: 'a store has no password' });
  return password;
}
