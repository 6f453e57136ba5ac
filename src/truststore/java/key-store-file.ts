import { resolve } from 'node:path';
import { DevcaError, isDevcaError } from '../../errors/devca-error.ts';
import { sha256Hex } from '../../pki/fingerprint.ts';
import { isJks, parseJks } from '../../pki/jks.ts';
import { parsePkcs12 } from '../../pki/pkcs12.ts';
import type { Files } from '../../platform/files.ts';
import type { TrustSession } from '../session.ts';
import type { JavaPlace } from './java-places.ts';

/** A certificate that Java takes for a root. */
export interface KeyStoreEntry {
  readonly alias: string;
  /** DER. */
  readonly certificate: Uint8Array;
  readonly sha256: string;
}

/** A password with the words by which `keytool` is given it. */
export interface KeyStorePassword {
  readonly text: string;
  readonly args: readonly string[];
}

export interface KeyStoreContents {
  readonly format: 'JKS' | 'PKCS12';
  readonly entries: readonly KeyStoreEntry[];
  /** Which of the known passwords opens it for a change; `undefined` where none does. */
  readonly password: KeyStorePassword | undefined;
  /** Its certificates are encrypted. Java reads its own roots without a password, and so finds none. */
  readonly isSealed: boolean;
}

/** Every vendor's, and no secret: it keeps nobody out, but `keytool` wants one. */
const DEFAULT_PASSWORD: KeyStorePassword = { text: 'changeit', args: ['-storepass', 'changeit'] };

/** Names a file whose first line is the password of key stores that have another. */
const PASSWORD_VARIABLE = 'DEVCA_JAVA_PASSWORD_FILE';

const FILE_LIMIT = 32 * 1024 * 1024;

/** What an encrypted safe of a PKCS#12 file begins with: the object identifier pkcs7-encryptedData. */
const ENCRYPTED_DATA = Buffer.from('06092a864886f70d010706', 'hex');

/**
 * Reads a key store as Java's TLS does, which gives no password. Throws DEVCA_FILE_*, DEVCA_TRUST_JAVA_UNREADABLE, and
 * DEVCA_TRUST_JAVA_PASSWORD where even reading it takes a password that devca does not know.
 */
export function readKeyStore(place: JavaPlace, session: TrustSession): KeyStoreContents {
  const { id: store, file } = place;
  const bytes = session.world.files.read(file, FILE_LIMIT);
  const passwords = knownPasswords(session);
  try {
    return isJks(bytes) ? readJks(bytes, passwords, file) : readPkcs12(bytes, passwords, file);
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    if (isDevcaError(error, 'DEVCA_PASSWORD_WRONG') || isDevcaError(error, 'DEVCA_PASSWORD_MISSING'))
      throw new DevcaError('DEVCA_TRUST_JAVA_PASSWORD', { store, file, action: 'install' });
    throw new DevcaError('DEVCA_TRUST_JAVA_UNREADABLE', { store, file, detail: error.message });
  }
}

/** Whether a file, and no link, begins as a key store: JKS, or the PFX of PKCS#12 (RFC 7292 section 4), version 3. */
export function isKeyStoreFile(path: string, files: Pick<Files, 'status' | 'read'>): boolean {
  if (files.status(path)?.kind !== 'file') return false;
  const bytes = files.read(path, FILE_LIMIT);
  const [tag, length = 0] = bytes;
  const content = 2 + (length > 0x80 ? length - 0x80 : 0);
  const version = Buffer.from(bytes.subarray(content, content + 3)).toString('hex');
  return isJks(bytes) || (tag === 0x30 && version === '020103');
}

function knownPasswords({ world }: TrustSession): readonly KeyStorePassword[] {
  const path = world.system.environment[PASSWORD_VARIABLE];
  if (path === undefined || path === '') return [DEFAULT_PASSWORD];
  const file = resolve(world.system.workingFolder, path);
  const [text = ''] = Buffer.from(world.files.read(file)).toString('utf8').split(/\r?\n/, 1);
  return [DEFAULT_PASSWORD, { text, args: ['-storepass:file', file] }];
}

/** Its certificates are in the clear; the password makes a digest over everything. */
function readJks(bytes: Uint8Array, passwords: readonly KeyStorePassword[], file: string): KeyStoreContents {
  const entries = parseJks(bytes, undefined, file)
    .filter(({ kind }) => kind === 'trusted')
    .flatMap(({ alias, certificates }) => certificates.map((der) => entryOf(alias, der)));
  const password = passwords.find(({ text }) => opens(() => parseJks(bytes, text, file)));
  return { format: 'JKS', entries, password, isSealed: false };
}

/** Java's own have had no password at all since version 18: then any will do. */
function readPkcs12(
  bytes: Uint8Array,
  passwords: readonly KeyStorePassword[],
  file: string,
): KeyStoreContents {
  const password = passwords.find(({ text }) => opens(() => parsePkcs12(bytes, text, file)));
  const { certificates } = parsePkcs12(bytes, password?.text, file);
  const entries = certificates
    .filter(({ isTrusted }) => isTrusted)
    .map(({ der, friendlyName = '' }) => entryOf(friendlyName, der));
  return { format: 'PKCS12', entries, password, isSealed: Buffer.from(bytes).includes(ENCRYPTED_DATA) };
}

const entryOf = (alias: string, certificate: Uint8Array): KeyStoreEntry => ({
  alias,
  certificate,
  sha256: sha256Hex(certificate),
});

function opens(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (isDevcaError(error, 'DEVCA_PASSWORD_WRONG')) return false;
    throw error;
  }
}
