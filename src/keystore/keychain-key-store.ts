import { DevcaError } from '../errors/devca-error.ts';
import { bytesToHex } from '../pki/fingerprint.ts';
import { exportPkcs8, type PrivateKey } from '../pki/key.ts';
import { decodePem, encodePem } from '../pki/pem.ts';
import type { World } from '../platform/world.ts';
import { importAndWipe } from './file-key-store.ts';
import { asDamage, corrupt, keyPath, readKeyFile } from './key-file.ts';
import type { KeyStore, PrepareRequest, Sealer } from './key-store.ts';
import { getSecret, removeSecret, setSecret } from './keychain.ts';
import {
  checkOfWrappingKey,
  hasCheck,
  parseWrappedKey,
  unwrapKey,
  WRAPPED_LABEL,
  type WrappedKey,
  wrapKey,
} from './wrapped-key.ts';

/**
 * Keys wrapped on the disk by a random key in the keychain. The keychain of Windows takes no more than 2,560 bytes, and
 * an RSA key has more.
 */
export function keychainKeyStore(home: string, world: World): KeyStore {
  return {
    kind: 'keychain',
    prepare: (request) => prepare(request, home, world),
    unseal: async ({ id, check }) => {
      const path = keyPath(home, id);
      const { der } = readKeyFile(path, WRAPPED_LABEL, world);
      return unwrap(
        asDamage(path, () => parseWrappedKey(der)),
        { id, check, path },
        world,
      );
    },
  };
}

/** The entry of the keychain that a key's file names, where it does. */
export function entryOf(id: string, home: string, world: World): string | undefined {
  try {
    return parseWrappedKey(readKeyFile(keyPath(home, id), WRAPPED_LABEL, world).der).entry;
  } catch {
    return undefined;
  }
}

async function prepare({ id, atOnce = false }: PrepareRequest, home: string, world: World): Promise<Sealer> {
  const path = keyPath(home, id);
  // An entry of its own for every key and every move: what is in the keychain for another home, or for the file that
  // this one replaces, is left alone.
  const entry = `${id}-${bytesToHex(world.random(8))}`;
  const wrappingKey = Buffer.from(world.random(32));
  try {
    await setSecret(entry, wrappingKey.toString('base64'), { atOnce }, world);
  } catch (error) {
    wrappingKey.fill(0);
    throw error;
  }
  let isSealed = false;
  return {
    kind: 'keychain',
    seal: (key) => {
      isSealed = true;
      const pkcs8 = exportPkcs8(key);
      const der = wrapKey(pkcs8, wrappingKey, { id, entry }, world.random);
      pkcs8.fill(0);
      const check = checkOfWrappingKey(wrappingKey, entry);
      wrappingKey.fill(0);
      return {
        file: { path, bytes: Buffer.from(encodePem(WRAPPED_LABEL, der), 'latin1'), mode: 0o600 },
        check,
      };
    },
    reopen: async ({ file, check }) => {
      const [block] = decodePem(Buffer.from(file.bytes).toString('latin1'), path);
      return unwrap(parseWrappedKey(block?.der ?? new Uint8Array()), { id, check, path }, world);
    },
    discard: async () => {
      if (isSealed) return;
      wrappingKey.fill(0);
      await removeSecret(entry, world);
    },
  };
}

async function unwrap(
  wrapped: WrappedKey,
  { id, check, path }: { id: string; check: string | undefined; path: string },
  world: World,
): Promise<PrivateKey> {
  const { entry } = wrapped;
  const secret = await getSecret(entry, world);
  // Missing, or locked without a word: never a reason to make a new one.
  if (secret === undefined) throw new DevcaError('DEVCA_KEYCHAIN_ENTRY_MISSING', { entry, path });
  const wrappingKey = Buffer.from(secret, 'base64');
  try {
    if (wrappingKey.length !== 32 || (check !== undefined && !hasCheck(wrappingKey, entry, check)))
      throw new DevcaError('DEVCA_KEYCHAIN_ENTRY_CHANGED', { entry, path });
    const pkcs8 = unwrapKey(wrapped, wrappingKey, id);
    if (pkcs8 === undefined)
      throw corrupt(
        path,
        'the right key of the keychain does not open it, so it was changed or is for another',
      );
    return importAndWipe(pkcs8, path);
  } finally {
    wrappingKey.fill(0);
  }
}
