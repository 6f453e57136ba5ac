import { resolve } from 'node:path';
import { DevcaError } from '../errors/devca-error.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { type CertificateRevocationList, parseCrl } from '../pki/crl.ts';
import { derKind } from '../pki/der-kind.ts';
import { TAG } from '../pki/der-reader.ts';
import { decodePem } from '../pki/pem.ts';
import type { World } from '../platform/world.ts';
import { readContainer } from './container.ts';
import type { PresentedKey } from './presented.ts';
import { LONGEST_KEY, parseKeyFile } from './private-keys.ts';
import { LARGEST_FILE } from './read-file.ts';

type FileWorld = Pick<World, 'files' | 'system'>;

/** The certificates of `--intermediates`, in any form. Throws what reading a file throws, also for one in it that is malformed. */
export function readIntermediates(
  sources: readonly string[],
  password: string | undefined,
  world: FileWorld,
): readonly Certificate[] {
  return sources.flatMap((source) => {
    const { bundles } = readContainer(readFile(source, world), source, password);
    return bundles.flatMap(({ certificates }) =>
      certificates.map(({ certificate, der }) => certificate ?? parseCertificate(der)),
    );
  });
}

/** The lists of `--crl`, in PEM or DER. Throws DEVCA_CRL_NONE, and DEVCA_DER_INVALID for one that is malformed. */
export function readRevocationLists(
  sources: readonly string[],
  world: FileWorld,
): readonly CertificateRevocationList[] {
  return sources.flatMap((source) => {
    const bytes = readFile(source, world);
    const lists = bytes[0] === TAG.sequence ? listOfDer(bytes, source) : listsOfText(bytes, source);
    return lists.map(parseCrl);
  });
}

/** The first line of `--password-file`, without its line end. An empty password is a password. */
export function readPassword(source: string | undefined, world: FileWorld): string | undefined {
  if (source === undefined) return undefined;
  return Buffer.from(readFile(source, world)).toString('utf8').split(/\r?\n/, 1)[0] ?? '';
}

/** The key of `--key`. Throws DEVCA_FILE_*, DEVCA_PEM_INVALID and DEVCA_KEY_*. */
export const readKeyFile = (source: string, world: FileWorld): PresentedKey =>
  parseKeyFile(readFile(source, world, LONGEST_KEY), source);

const readFile = (source: string, world: FileWorld, limit = LARGEST_FILE): Uint8Array =>
  world.files.readNamed(resolve(world.system.workingFolder, source), limit);

function listOfDer(bytes: Uint8Array, source: string): Uint8Array[] {
  const kind = derKind(bytes);
  if (kind !== 'X509 CRL' && kind !== 'unknown')
    throw new DevcaError('DEVCA_CRL_NONE', { source, labels: [kind.toUpperCase()] });
  return [bytes];
}

function listsOfText(bytes: Uint8Array, source: string): Uint8Array[] {
  const blocks = decodePem(Buffer.from(bytes).toString('utf8'), source);
  const lists = blocks.filter(({ label }) => label === 'X509 CRL').map(({ der }) => der);
  if (lists.length > 0) return lists;
  const labels = [...new Set(blocks.map(({ label }) => label))];
  throw new DevcaError('DEVCA_CRL_NONE', { source, labels });
}
