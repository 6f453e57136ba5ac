import type { TrustSession } from '../session.ts';
import type { StoreFamily } from '../trust-store.ts';
import { unsupportedStore } from '../unsupported-store.ts';
import { windowsRootStore } from './root-store.ts';
import { toolsOfWindows, toolsThroughWsl } from './windows-tools.ts';

/** What Chrome, Edge, Firefox, curl, .NET and Go ask on Windows, for this user. */
export const windowsUserFamily = familyOf('windows-user', 'Root store of the Windows user', 'user');

/** The same for all users and for services; nobody needs it beside the other, so it is changed only when it is named. */
export const windowsMachineFamily = familyOf('windows-machine', 'Root store of the computer', 'machine');

/** Linux inside of Windows: the browsers are outside, and do not look into its stores. */
export const wslFamily: StoreFamily = {
  kind: 'wsl-windows-user',
  detect: async (session, named) => {
    const id = 'wsl-windows-user';
    const name = 'Root store of the Windows user';
    if (isInsideWindows(session)) {
      const tools = (asked: TrustSession) => toolsThroughWsl(id, asked);
      return [windowsRootStore({ id, name, scope: 'user', isOptional: false, tools })];
    }
    return named
      ? [unsupportedStore({ id, name, detail: 'this is no Linux inside of Windows', fix: '' })]
      : [];
  },
};

function familyOf(id: string, name: string, scope: 'user' | 'machine'): StoreFamily {
  return {
    kind: id,
    detect: async ({ world }, named) => {
      if (world.system.platform === 'win32') {
        const isOptional = scope === 'machine' && !named;
        const tools = (session: TrustSession) => toolsOfWindows(id, session);
        return [windowsRootStore({ id, name, scope, isOptional, tools })];
      }
      return named ? [unsupportedStore({ id, name, detail: 'only Windows has it', fix: '' })] : [];
    },
  };
}

/** sudo and services lose the variables; a container on such a kernel has nothing but the kernel. */
function isInsideWindows({ world }: TrustSession): boolean {
  const { system, files, exec } = world;
  if (system.platform !== 'linux') return false;
  const { WSL_INTEROP, WSL_DISTRO_NAME } = system.environment;
  if ((WSL_INTEROP ?? '') !== '' || (WSL_DISTRO_NAME ?? '') !== '') return true;
  if (exec.find('wslpath') === undefined) return false;
  const kernel = Buffer.from(files.readIfPresent('/proc/version') ?? []).toString('latin1');
  return /microsoft/i.test(kernel);
}
