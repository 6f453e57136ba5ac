import { DevcaError } from '../errors/devca-error.ts';
import type { World } from '../platform/world.ts';
import { fileSealer } from './file-key-store.ts';
import type { PrepareRequest, Sealer } from './key-store.ts';
import { hasDisplay } from './keychain.ts';
import { keychainKeyStore } from './keychain-key-store.ts';

export interface DefaultPlace {
  readonly sealer: Sealer;
  /** Why it is a file. */
  readonly whyFile: string | undefined;
}

/**
 * The keychain where there is somebody to have unlocked it, and it answers within a second; else a file. Without a
 * terminal or a screen it is not even asked: a service's keychain is of no use to anybody who does not know of it.
 */
export async function preparePlace(
  request: PrepareRequest,
  home: string,
  world: World,
): Promise<DefaultPlace> {
  const inFile = (whyFile: string) => ({ sealer: fileSealer(request.id, home), whyFile });
  if (!world.terminal.canAsk && !hasDisplay(world.system)) return inFile('there is no terminal or display');
  try {
    const sealer = await keychainKeyStore(home, world).prepare({ ...request, atOnce: true });
    return { sealer, whyFile: undefined };
  } catch (error) {
    if (!(error instanceof DevcaError) || !error.code.startsWith('DEVCA_KEYCHAIN_')) throw error;
    return inFile(error.message);
  }
}
