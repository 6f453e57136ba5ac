import { androidFamily } from './android/android-store.ts';
import { iosSimulatorFamily } from './apple/ios-simulators.ts';
import { macosLoginFamily, macosSystemFamily } from './apple/macos-keychains.ts';
import { dockerFamily } from './docker/docker-store.ts';
import type { StoreFamily } from './trust-store.ts';
import { windowsMachineFamily, windowsUserFamily, wslFamily } from './windows/windows-families.ts';

/** The kinds of store that only some systems or tools bring along. They have no row where they can't be. */
export const platformFamilies: readonly StoreFamily[] = [
  macosLoginFamily,
  macosSystemFamily,
  windowsUserFamily,
  windowsMachineFamily,
  wslFamily,
  iosSimulatorFamily,
  androidFamily,
  dockerFamily,
];
