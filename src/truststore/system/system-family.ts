import type { TrustSession } from '../session.ts';
import type { StoreFamily, TrustStore } from '../trust-store.ts';
import { unsupportedStore } from '../unsupported-store.ts';
import { anchorFolderStore } from './anchor-folder-store.ts';
import { declaredStore } from './declared-store.ts';
import { DECLARED_SYSTEMS, type MachineSigns } from './declared-systems.ts';
import { releaseId } from './os-release.ts';
import {
  ALPINE,
  ARCH,
  DEBIAN,
  FEDORA,
  FLATCAR,
  FREEBSD,
  STEAMOS,
  SUSE,
  type SystemLayout,
} from './system-layout.ts';

interface KnownSystem {
  readonly layout: SystemLayout;
  readonly isHere: (machine: MachineSigns) => boolean;
}

/**
 * By what is there rather than by what the system calls itself: derivatives have names of their own. openSUSE before
 * Debian, because it has a program of the same name that reads other folders; Alpine too, by the script that its program
 * runs.
 */
const LINUX: readonly KnownSystem[] = [
  { layout: FLATCAR, isHere: ({ releaseId: id }) => id === 'flatcar' },
  { layout: FEDORA, isHere: ({ has }) => has('/etc/pki/ca-trust/source') },
  { layout: STEAMOS, isHere: ({ releaseId: id }) => id === 'steamos' },
  { layout: ARCH, isHere: ({ has }) => has('/etc/ca-certificates/trust-source') },
  { layout: SUSE, isHere: ({ has }) => has('/etc/pki/trust') || has('/usr/share/pki/trust/anchors') },
  {
    layout: ALPINE,
    isHere: ({ has }) => has('/etc/alpine-release') || has('/etc/ca-certificates/update.d/certhash'),
  },
  {
    layout: DEBIAN,
    isHere: (machine) =>
      machine.has(DEBIAN.anchors) || machine.has('/etc/debian_version') || hasTool(DEBIAN, machine),
  },
];

/** Of all systems on which devca changes such a store. */
export const SYSTEM_LAYOUTS: readonly SystemLayout[] = [...LINUX.map(({ layout }) => layout), FREEBSD];

/** These keep their roots in stores of other kinds, which have rows of their own. */
const ELSEWHERE: Partial<Readonly<Record<NodeJS.Platform, string>>> = {
  darwin: 'macos-login and macos-system',
  win32: 'windows-user and windows-machine',
};

/** The store that the system's own programs read: curl, OpenSSL, Python, Go, Ruby, PHP ... */
export const systemFamily: StoreFamily = {
  kind: 'system',
  detect: async (session, named) => {
    const elsewhere = ELSEWHERE[session.world.system.platform];
    if (elsewhere === undefined) return [systemStore(session)];
    const detail = `the stores of this system are ${elsewhere}`;
    return named
      ? [unsupportedStore({ id: 'system', name: 'system store', detail, fix: 'devca trust status' })]
      : [];
  },
};

/** Exactly one store, so that every other system has its row. */
function systemStore(session: TrustSession): TrustStore {
  const machine = signsOf(session);
  const declared = DECLARED_SYSTEMS.find(({ isHere }) => isHere(machine));
  if (declared !== undefined) return declaredStore(declared);
  const layout = layoutOf(machine);
  if (layout !== undefined) return anchorFolderStore(layout);
  return unsupportedStore({
    id: 'system',
    name: `system store (${machine.releaseId || machine.platform})`,
    detail: `devca does not know how ${machine.releaseId || machine.platform} keeps its roots`,
    fix: '',
  });
}

function layoutOf(machine: MachineSigns): SystemLayout | undefined {
  if (machine.platform === 'freebsd') return FREEBSD;
  if (machine.platform !== 'linux') return undefined;
  const candidates = LINUX.filter(({ isHere }) => isHere(machine));
  // A folder alone may be there by some script that is made for many systems.
  return (candidates.find(({ layout }) => hasTool(layout, machine)) ?? candidates[0])?.layout;
}

/** Users don't have /usr/sbin on their PATH everywhere. */
const hasTool = ({ tool }: SystemLayout, { hasProgram }: MachineSigns): boolean =>
  hasProgram(`/usr/sbin/${tool}`) || hasProgram(tool);

function signsOf(session: TrustSession): MachineSigns {
  const { files, exec, system } = session.world;
  return {
    platform: system.platform,
    releaseId: releaseId(session),
    has: (path) => files.statusOfTarget(path) !== undefined,
    hasProgram: (name) => exec.find(name) !== undefined,
  };
}
