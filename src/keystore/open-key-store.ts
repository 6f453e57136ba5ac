import { createSigner, type Signer } from '../pki/signer.ts';
import type { World } from '../platform/world.ts';
import { fileKeyStore, readKey } from './file-key-store.ts';
import { keyPath } from './key-file.ts';
import type { KeyStore, KeyStoreKind, PrepareRequest, RestingKey, SealedKey, Sealer } from './key-store.ts';

/** Opens a key, which may ask somebody: never to be done under a lock. Throws what `KeyStore.unseal` throws. */
export async function openKey(
  kind: KeyStoreKind,
  key: RestingKey,
  home: string,
  world: World,
): Promise<Signer> {
  const store = await openKeyStore(kind, home, world);
  return createSigner(await store.unseal(key));
}

/** Opens a key where that takes no time and nobody; undefined elsewhere. Throws DEVCA_KEYSTORE_KEY_*. */
export function openKeyAtOnce(
  kind: KeyStoreKind,
  id: string,
  home: string,
  world: World,
): Signer | undefined {
  return kind === 'file' ? createSigner(readKey(id, home, world)) : undefined;
}

/** Makes a place for a new key ready, which may ask somebody. Throws DEVCA_KEYCHAIN_* and DEVCA_PASSPHRASE_*. */
export async function prepareKey(
  kind: KeyStoreKind,
  request: PrepareRequest,
  home: string,
  world: World,
): Promise<Sealer> {
  const store = await openKeyStore(kind, home, world);
  return store.prepare(request);
}

/** As `prepareKey`, in the best place that there is without asking anybody. */
export async function prepareDefault(
  request: PrepareRequest,
  home: string,
  world: World,
): Promise<{ readonly sealer: Sealer; readonly whyFile: string | undefined }> {
  return (await import('./default-key-store.ts')).preparePlace(request, home, world);
}

/** A key that was sealed for another place and opened once from there. Nothing is written yet. */
export interface ResealedKey extends SealedKey {
  readonly subjectPublicKeyInfo: Uint8Array;
}

/** Throws what `openKey` and `prepareKey` throw. */
export async function resealKey(
  from: { readonly kind: KeyStoreKind; readonly key: RestingKey },
  to: { readonly kind: KeyStoreKind; readonly request: PrepareRequest },
  home: string,
  world: World,
): Promise<ResealedKey> {
  const store = await openKeyStore(from.kind, home, world);
  const key = await store.unseal(from.key);
  const sealer = await prepareKey(to.kind, to.request, home, world);
  const sealed = sealer.seal(key);
  const { subjectPublicKeyInfo } = await sealer.reopen(sealed);
  return { ...sealed, subjectPublicKeyInfo };
}

/** Removes the file of a key. Does nothing where there is none. */
export function removeKeyFile(id: string, home: string, world: World): void {
  world.files.remove(keyPath(home, id));
}

/**
 * What has to be removed outside of the home when a key is no more: to be asked before its file is gone, and to be done
 * after. Does not throw.
 */
export async function keyRemainder(
  kind: string,
  id: string,
  home: string,
  world: World,
): Promise<() => Promise<void>> {
  if (kind !== 'keychain') return async () => undefined;
  const [{ entryOf }, { removeSecret }] = await Promise.all([
    import('./keychain-key-store.ts'),
    import('./keychain.ts'),
  ]);
  const entry = entryOf(id, home, world);
  return async () => {
    if (entry !== undefined) await removeSecret(entry, world);
  };
}

/** Only what an authority needs is loaded. */
async function openKeyStore(kind: KeyStoreKind, home: string, world: World): Promise<KeyStore> {
  if (kind === 'file') return fileKeyStore(home, world);
  if (kind === 'passphrase')
    return (await import('./passphrase-key-store.ts')).passphraseKeyStore(home, world);
  return (await import('./keychain-key-store.ts')).keychainKeyStore(home, world);
}
