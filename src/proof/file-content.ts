import { isDevcaError } from '../errors/devca-error.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { bytesEqual, sha256Hex } from '../pki/fingerprint.ts';
import { importPrivateKeyPem, type PrivateKey } from '../pki/key.ts';
import { decodePem } from '../pki/pem.ts';
import type { World } from '../platform/world.ts';
import type { SubjectFile, SubjectSource } from './subject-source.ts';

/** What was read from one file, and what is wrong with it. */
export interface FileContent {
  readonly file: SubjectFile;
  readonly text: string;
  readonly certificates: readonly Certificate[];
  readonly key: PrivateKey | undefined;
  /** `undefined` where all is well. */
  readonly problem: string | undefined;
}

/** No file of certificates and keys is larger. */
const FILE_LIMIT = 1024 * 1024;

/** Reads a file and compares it with what was recorded. Never throws: what cannot be read is a problem. */
export function readContent(
  file: SubjectFile,
  recorded: SubjectSource['recorded'],
  world: Pick<World, 'files'>,
): FileContent {
  const nothing = { file, text: '', certificates: [], key: undefined };
  try {
    const bytes = world.files.read(file.path, FILE_LIMIT);
    const read = TEXT_FORMATS.includes(file.format) ? readPem(bytes, file) : nothing;
    return { ...nothing, ...read, problem: compare({ ...nothing, ...read }, bytes, recorded) };
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    return { ...nothing, problem: `${error.message} [${error.code}]` };
  }
}

const TEXT_FORMATS: readonly string[] = ['cert', 'key', 'chain', 'fullchain', 'root'];

function readPem(bytes: Uint8Array, file: SubjectFile): Pick<FileContent, 'text' | 'certificates' | 'key'> {
  const text = Buffer.from(bytes).toString('utf8');
  const blocks = decodePem(text, file.path);
  const certificates = blocks
    .filter(({ label }) => label === 'CERTIFICATE')
    .map(({ der }) => parseCertificate(der));
  return {
    text,
    certificates,
    key: file.format === 'key' ? importPrivateKeyPem(text, file.path) : undefined,
  };
}

function compare(
  content: Omit<FileContent, 'problem'>,
  bytes: Uint8Array,
  recorded: SubjectSource['recorded'],
): string | undefined {
  const { file, certificates } = content;
  const { format, path } = file;
  if (format === 'key') return undefined;
  if (!TEXT_FORMATS.includes(format)) {
    const isAsDelivered = file.sha256 === undefined || sha256Hex(bytes) === file.sha256;
    return isAsDelivered ? undefined : `"${path}" is not as it was delivered any more`;
  }
  if (certificates.length === 0) return `there is no certificate in "${path}"`;
  if (recorded === undefined) return undefined;
  const wanted = wantedIn(format, recorded);
  if (certificates.length !== wanted.length)
    return `"${path}" has ${count(certificates.length)}, and the inventory recorded ${wanted.length}`;
  const strange = certificates.findIndex(
    ({ der }, index) => !bytesEqual(der, wanted[index] ?? new Uint8Array()),
  );
  return strange < 0
    ? undefined
    : `certificate ${strange + 1} in "${path}" is not the one that the inventory recorded`;
}

const count = (number: number): string => `${number} certificate${number === 1 ? '' : 's'}`;

function wantedIn(
  format: string,
  { certificate, issuers }: NonNullable<SubjectSource['recorded']>,
): readonly Uint8Array[] {
  const between = issuers.slice(0, -1);
  if (format === 'root') return issuers.slice(-1);
  if (format === 'chain') return between;
  return format === 'fullchain' ? [certificate, ...between] : [certificate];
}
