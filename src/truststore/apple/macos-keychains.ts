import type { StoreFamily, TrustStore } from '../trust-store.ts';
import { unsupportedStore } from '../unsupported-store.ts';
import { type Keychain, keychainStore } from './keychain-store.ts';
import { loginKeychain, SYSTEM_KEYCHAIN } from './security-tool.ts';

const LOGIN: Keychain = {
  id: 'macos-login',
  name: 'macOS login keychain',
  domain: 'user',
  path: (session) => loginKeychain('macos-login', session),
};

const SYSTEM: Keychain = {
  id: 'macos-system',
  name: 'macOS System keychain',
  domain: 'admin',
  path: async () => SYSTEM_KEYCHAIN,
};

/** What Safari, Chrome, Firefox, curl, Go and .NET ask on macOS, for this user. */
export const macosLoginFamily = familyOf(LOGIN, () => keychainStore(LOGIN, { isOptional: false }));

/** The same for all users and for services; nobody needs it beside the other, so it is changed only when it is named. */
export const macosSystemFamily = familyOf(SYSTEM, (named) => keychainStore(SYSTEM, { isOptional: !named }));

function familyOf({ id, name }: Keychain, store: (named: boolean) => TrustStore): StoreFamily {
  return {
    kind: id,
    detect: async ({ world }, named) => {
      if (world.system.platform === 'darwin') return [store(named)];
      return named ? [unsupportedStore({ id, name, detail: 'only macOS has it', fix: '' })] : [];
    },
  };
}
