import { macosLoginFamily, macosSystemFamily } from './apple/macos-keychains.ts';
import type { StoreFamily } from './trust-store.ts';

/** The kinds of store that only some systems or tools bring along. They have no row where they can't be. */
export const platformFamilies: readonly StoreFamily[] = [macosLoginFamily, macosSystemFamily];
