import { type DevcaError, isDevcaError } from '../errors/devca-error.ts';
import type { DeliveryRecord } from '../inventory/deliveries.ts';
import type { Certificate } from '../pki/certificate.ts';
import { bytesEqual } from '../pki/fingerprint.ts';
import type { PrivateKey } from '../pki/key.ts';
import type { World } from '../platform/world.ts';
import { KEY_READERS, type KeyReader } from './key-readers.ts';

/** Why a delivered file does not give the key. */
export interface KeyDefect {
  /** `password`: none was given. */
  readonly kind: 'missing' | 'other-key' | 'unreadable' | 'password' | 'wrong-password';
  readonly path: string;
  /** What its reader said, where that was it. */
  readonly error?: DevcaError;
}

export type DeliveredKey = { readonly key: PrivateKey } | { readonly defect: KeyDefect };

/**
 * The key of a certificate from the plainest of its files that has it still, whatever else was done to that file: it is
 * known by its public half. Stores are opened by the first of the passwords that fits. `undefined` where it was
 * delivered in none of them.
 */
export function deliveredKey(
  certificate: Pick<Certificate, 'subjectPublicKeyInfo'>,
  files: readonly DeliveryRecord[],
  passwords: readonly string[],
  world: Pick<World, 'files'>,
): DeliveredKey | undefined {
  const defects: KeyDefect[] = [];
  for (const [format, read] of Object.entries(KEY_READERS)) {
    for (const { path } of files.filter((file) => file.format === format)) {
      const found = readKey(path, read, certificate, passwords, world);
      if ('key' in found) return found;
      defects.push(found.defect);
    }
  }
  const [worthSaying] = defects.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  return worthSaying === undefined ? undefined : { defect: worthSaying };
}

/** What somebody could still give comes before what is lost. */
const ORDER: readonly KeyDefect['kind'][] = [
  'wrong-password',
  'password',
  'unreadable',
  'other-key',
  'missing',
];

function readKey(
  path: string,
  read: KeyReader,
  { subjectPublicKeyInfo }: Pick<Certificate, 'subjectPublicKeyInfo'>,
  passwords: readonly string[],
  world: Pick<World, 'files'>,
): DeliveredKey {
  const refuse = (kind: KeyDefect['kind'], error?: DevcaError) => {
    return { defect: { kind, path, ...(error === undefined ? {} : { error }) } };
  };
  if (world.files.statusOfTarget(path)?.kind !== 'file') return refuse('missing');
  try {
    const bytes = world.files.read(path, LARGEST_FILE);
    const keys = openWithAny(passwords, (password) => read(bytes, password, path));
    const key = keys.find((each) => bytesEqual(each.subjectPublicKeyInfo, subjectPublicKeyInfo));
    return key === undefined ? refuse('other-key') : { key };
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    if (isDevcaError(error, 'DEVCA_PASSWORD_MISSING')) return refuse('password', error);
    return refuse(isDevcaError(error, 'DEVCA_PASSWORD_WRONG') ? 'wrong-password' : 'unreadable', error);
  }
}

function openWithAny(
  passwords: readonly string[],
  open: (password: string | undefined) => readonly PrivateKey[],
): readonly PrivateKey[] {
  const [first, ...others] = passwords;
  try {
    return open(first);
  } catch (error) {
    if (others.length === 0 || !isDevcaError(error, 'DEVCA_PASSWORD_WRONG')) throw error;
    return openWithAny(others, open);
  }
}

const LARGEST_FILE = 1024 * 1024;
