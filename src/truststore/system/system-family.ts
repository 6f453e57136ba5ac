import type { TrustSession } from '../session.ts';
import type { StoreFamily, TrustStore } from '../trust-store.ts';
import { unsupportedStore } from '../unsupported-store.ts';
import { DEBIAN_ANCHORS } from './debian-bundle.ts';
import { debianStore } from './debian-store.ts';

interface OtherSystem {
  readonly name: string;
  /** Which path tells the system. */
  readonly marker: string;
  /** What people do there with the authority's `ca/root.pem` until devca does it. */
  readonly fix: string;
}

/** Looked for in this order, before Debian: openSUSE has a program of the same name that reads other folders. */
const OTHER_SYSTEMS: readonly OtherSystem[] = [
  {
    name: 'Fedora',
    marker: '/etc/pki/ca-trust/source/anchors',
    fix: 'sudo cp root.pem /etc/pki/ca-trust/source/anchors/devca-root.pem && sudo update-ca-trust extract',
  },
  {
    name: 'Arch',
    marker: '/etc/ca-certificates/trust-source/anchors',
    fix: 'sudo cp root.pem /etc/ca-certificates/trust-source/anchors/devca-root.crt && sudo update-ca-trust',
  },
  {
    name: 'openSUSE',
    marker: '/usr/share/pki/trust/anchors',
    fix: 'sudo cp root.pem /etc/pki/trust/anchors/devca-root.pem && sudo update-ca-certificates',
  },
  { name: 'NixOS', marker: '/etc/NIXOS', fix: 'security.pki.certificateFiles = [ ./root.pem ];' },
];

const DEBIAN_MARKERS = [DEBIAN_ANCHORS, '/etc/debian_version', '/etc/alpine-release'];

/** The store that the system's own programs read: curl, OpenSSL, Python, Go, Ruby, PHP ... */
export const systemFamily: StoreFamily = {
  kind: 'system',
  detect: async (session) => [systemStore(session)],
};

/** Exactly one store, so that every system has its row. */
function systemStore(session: TrustSession): TrustStore {
  const { files, system } = session.world;
  const there = (path: string): boolean => files.statusOfTarget(path) !== undefined;
  const other = OTHER_SYSTEMS.find(({ marker }) => there(marker));
  if (system.platform === 'linux' && other === undefined && DEBIAN_MARKERS.some(there)) return debianStore;
  const name = other?.name ?? system.platform;
  return unsupportedStore({
    id: 'system',
    name: `system store (${name})`,
    detail: `devca does not change the store of ${name} yet`,
    fix: other?.fix ?? '',
  });
}
