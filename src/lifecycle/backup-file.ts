import { createCipheriv, createDecipheriv, scryptSync, timingSafeEqual } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { DevcaError } from '../errors/devca-error.ts';
import type { GivenPassphrase } from '../platform/person.ts';
import type { RandomBytes } from '../platform/random.ts';

/** What a backup holds. Nothing in it says where anything was delivered but the inventory itself. */
export interface BackupContents {
  readonly createdAt: Date;
  /** The bytes of the database. */
  readonly inventory: Uint8Array;
  /** Key files as they rest, by the ids of their keys. */
  readonly keys: readonly { readonly id: string; readonly bytes: Uint8Array }[];
}

/** What stands before the ciphertext; all of it is authenticated with it. */
const MAGIC = Buffer.from('devca backup 1\n', 'latin1');
const SALT = 32;
const CHECK = 32;
const IV = 12;
const TAG = 16;
const HEADER = MAGIC.length + SALT + CHECK + IV;

/** 128 MiB: https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html. */
const SCRYPT = { cost: 131_072, blockSize: 8, parallelization: 1, maxmem: 256 * 1024 * 1024 } as const;

const LARGEST_CONTENTS = 1024 * 1024 * 1024;

/** One file, by AES-256-GCM under a key that scrypt makes of the passphrase. */
export function sealBackup(contents: BackupContents, passphrase: string, random: RandomBytes): Uint8Array {
  const text = JSON.stringify({
    createdAt: contents.createdAt.toISOString(),
    inventory: Buffer.from(contents.inventory).toString('base64'),
    keys: contents.keys.map(({ id, bytes }) => ({ id, bytes: Buffer.from(bytes).toString('base64') })),
  });
  const [salt, iv] = [random(SALT), random(IV)];
  const { key, check } = derive(passphrase, salt);
  const header = Buffer.concat([MAGIC, salt, check, iv]);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(header);
  const sealed = Buffer.concat([header, cipher.update(gzipSync(text)), cipher.final(), cipher.getAuthTag()]);
  key.fill(0);
  return sealed;
}

/** Throws DEVCA_BACKUP_INVALID for what is no backup or was changed, DEVCA_BACKUP_PASSPHRASE for a wrong passphrase. */
export function openBackup(bytes: Uint8Array, passphrase: GivenPassphrase, path: string): BackupContents {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  requireBackup(file, path);
  const salt = file.subarray(MAGIC.length, MAGIC.length + SALT);
  const { key, check } = derive(passphrase.text, salt);
  const recorded = file.subarray(MAGIC.length + SALT, MAGIC.length + SALT + CHECK);
  if (!timingSafeEqual(check, recorded))
    throw new DevcaError('DEVCA_BACKUP_PASSPHRASE', { path, source: passphrase.source });
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, file.subarray(HEADER - IV, HEADER))
      .setAAD(file.subarray(0, HEADER))
      .setAuthTag(file.subarray(-TAG));
    const packed = Buffer.concat([decipher.update(file.subarray(HEADER, -TAG)), decipher.final()]);
    return parseContents(gunzipSync(packed, { maxOutputLength: LARGEST_CONTENTS }).toString('utf8'));
  } catch (cause) {
    const reason = 'it was changed, or is incomplete';
    throw new DevcaError('DEVCA_BACKUP_INVALID', { path, reason }, { cause });
  } finally {
    key.fill(0);
  }
}

/** Throws DEVCA_BACKUP_INVALID for what does not even look like one, before anybody is asked for a passphrase. */
export function requireBackup(file: Uint8Array, path: string): void {
  if (!MAGIC.equals(file.subarray(0, MAGIC.length)))
    throw new DevcaError('DEVCA_BACKUP_INVALID', { path, reason: 'it does not begin as one' });
  if (file.length < HEADER + TAG)
    throw new DevcaError('DEVCA_BACKUP_INVALID', { path, reason: 'it is incomplete' });
}

/** The check tells a wrong passphrase from a file that was changed; it says nothing about the key. */
function derive(passphrase: string, salt: Uint8Array): { key: Buffer; check: Buffer } {
  const both = scryptSync(Buffer.from(passphrase, 'utf8'), salt, 32 + CHECK, SCRYPT);
  return { key: both.subarray(0, 32), check: both.subarray(32) };
}

/** What is sealed is ours, so its form is known. */
function parseContents(text: string): BackupContents {
  const parsed = JSON.parse(text) as {
    createdAt: string;
    inventory: string;
    keys: { id: string; bytes: string }[];
  };
  return {
    createdAt: new Date(parsed.createdAt),
    inventory: Buffer.from(parsed.inventory, 'base64'),
    keys: parsed.keys.map(({ id, bytes }) => ({ id, bytes: Buffer.from(bytes, 'base64') })),
  };
}
