import { basename, dirname, extname, join } from 'node:path';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import { type Format, STORE_FORMATS } from '../formats/format.ts';
import { formatEncoder } from '../formats/format-encoder.ts';
import { FILES_WITH_CERTIFICATE, type Material } from '../formats/material.ts';
import type { CertificateRecord } from '../inventory/certificates.ts';
import type { DeliveryRecord } from '../inventory/deliveries.ts';
import { encodeOid } from '../pki/der-writer.ts';
import { parseJks } from '../pki/jks.ts';
import { exportPkcs8Pem } from '../pki/key.ts';
import { OID } from '../pki/oid.ts';
import { encodePem } from '../pki/pem.ts';
import { parsePkcs12 } from '../pki/pkcs12.ts';
import type { World } from '../platform/world.ts';
import type { FileToDeliver } from './delivery.ts';
import { LINK_FORMAT } from './delivery-target.ts';
import { described } from './due.ts';

/** Where the files of the next certificate go: in their places, or in a folder of its own that a link leads to. */
export type RenewalPlace =
  | { readonly kind: 'same' }
  | { readonly kind: 'linked'; readonly link: string; readonly folder: string };

/** A link that is there is used again; one that is wanted is `NAME/current` beside the files. */
export function renewalPlace(
  files: readonly DeliveryRecord[],
  wantsLink: boolean,
  folder: string,
): RenewalPlace {
  const present = files.find(({ format }) => format === LINK_FORMAT)?.path;
  if (present !== undefined) return { kind: 'linked', link: present, folder };
  const first = files.find(({ format }) => FILES_WITH_CERTIFICATE.includes(format)) ?? files[0];
  if (!wantsLink || first === undefined) return { kind: 'same' };
  const { path } = first;
  const link = join(dirname(path), basename(path, extname(path)), LINK_FORMAT);
  return { kind: 'linked', link, folder };
}

/** Of the files, those that stay as they are when the key does. */
export const keepsFile = ({ format }: { readonly format: string }): boolean =>
  format === 'key' || format === 'key-der';

/**
 * The files that a certificate had, made anew from the next one. Entries of stores keep their names.
 * Throws DEVCA_RENEWAL_PASSWORD, DEVCA_PASSWORD_WRONG, DEVCA_FORMAT_NEEDS_KEY.
 */
export function renewalFiles(
  record: CertificateRecord,
  files: readonly DeliveryRecord[],
  material: Material,
  place: RenewalPlace,
  password: string | undefined,
  world: World,
): readonly FileToDeliver[] {
  const made = files
    .filter(({ format }) => format !== LINK_FORMAT)
    .map((file) => ({
      format: file.format,
      mode: file.mode,
      successorOf: file.path,
      path: place.kind === 'same' ? file.path : join(dirname(place.link), place.folder, basename(file.path)),
      bytes: contentOf(record, file, material, password, world),
    }));
  if (place.kind === 'same') return made;
  // Last, so that the link is moved when all that it leads to stands.
  const text = Buffer.from(place.folder, 'utf8');
  return [...made, { format: LINK_FORMAT, mode: 0o777, path: place.link, bytes: text }];
}

const PEM: Readonly<Record<string, (material: Material) => string>> = {
  cert: ({ certificate }) => encodePem('CERTIFICATE', certificate),
  fullchain: ({ certificate, chain }) => certificates([certificate, ...chain]),
  chain: ({ chain }) => certificates(chain),
  root: ({ root }) => encodePem('CERTIFICATE', root),
  key: ({ key }) => (key === undefined ? '' : exportPkcs8Pem(key)),
};

const certificates = (ders: readonly Uint8Array[]): string =>
  ders.map((der) => encodePem('CERTIFICATE', der)).join('');

function contentOf(
  record: CertificateRecord,
  file: DeliveryRecord,
  material: Material,
  password: string | undefined,
  world: World,
): Uint8Array {
  const pem = PEM[file.format];
  if (pem !== undefined) return Buffer.from(pem(material), 'latin1');
  const format = (file.format === 'key-der' ? 'der' : file.format) as Format;
  const isStore = STORE_FORMATS.includes(format);
  if (isStore && password === undefined)
    throw new DevcaError('DEVCA_RENEWAL_PASSWORD', { ...described(record), path: file.path });
  const old = world.files.readIfPresent(file.path);
  const encode = formatEncoder([format], {
    ...(old === undefined ? {} : entryName(format, old, password, file.path)),
    ...(isStore && password !== undefined ? { password } : {}),
    createdAt: world.clock.now(),
    random: world.random,
  });
  const made = encode(material).find((each) => each.format === file.format);
  if (made === undefined) throw new DevcaError('DEVCA_INTERNAL', { detail: `no file "${file.format}"` });
  return made.bytes;
}

interface EntryName {
  readonly alias?: string;
  readonly legacy?: boolean;
}

/**
 * What the entry of a store or a Secret is called, and whether a store is for old readers. A damaged one tells neither, and
 * whether it may be overwritten is not for here to say.
 */
function entryName(format: Format, bytes: Uint8Array, password: string | undefined, path: string): EntryName {
  try {
    return readEntryName(format, bytes, password, path);
  } catch (error) {
    if (!isDevcaError(error) || error.code.startsWith('DEVCA_PASSWORD_')) throw error;
    return {};
  }
}

function readEntryName(
  format: Format,
  bytes: Uint8Array,
  password: string | undefined,
  path: string,
): EntryName {
  if (format === 'k8s')
    return aliasOf(/^ {2}name: "([^"]+)"$/m.exec(Buffer.from(bytes).toString('latin1'))?.[1]);
  if (format === 'jks' || format === 'jks-truststore')
    return aliasOf(parseJks(bytes, password, path)[0]?.alias);
  if (format !== 'p12' && format !== 'truststore') return {};
  const { keys, certificates: all } = parsePkcs12(bytes, password, path);
  return { ...aliasOf((keys[0] ?? all[0])?.friendlyName), legacy: isLegacy(bytes) };
}

const aliasOf = (alias: string | undefined) => (alias === undefined ? {} : { alias });

/** Without PBES2 (RFC 8018), which readers from before 2020 do not know. */
const isLegacy = (bytes: Uint8Array): boolean =>
  !Buffer.from(bytes).includes(Buffer.from(encodeOid(OID.pbes2)));
