import type { World } from '../platform/world.ts';
import { fileKeyStore } from './file-key-store.ts';
import type { KeyStore, KeyStoreKind } from './key-store.ts';

/** Opens one of the key stores of a home. */
export function openKeyStore(kind: KeyStoreKind, home: string, world: World): KeyStore {
  return KEY_STORES[kind](home, world);
}

const KEY_STORES: Readonly<Record<KeyStoreKind, (home: string, world: World) => KeyStore>> = {
  file: fileKeyStore,
};
