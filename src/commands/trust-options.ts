import { resolve } from 'node:path';
import type { Flags } from '../cli/command.ts';
import type { World } from '../platform/world.ts';
import type { TrustOptions } from '../truststore/trust.ts';

/** Of the commands that change stores. */
export const STORE_CHANGE_FLAGS = {
  'nss-password-file': {
    type: 'string',
    value: 'FILE',
    describe: 'has the primary password of browser profiles that have one',
  },
} as const satisfies Flags;

export interface StoreChangeFlags {
  readonly store: readonly string[];
  readonly 'nss-password-file': string | undefined;
}

/** Throws where the file can't be read: certutil would take that for a wrong password. */
export function trustOptions(
  { store: stores, 'nss-password-file': file }: StoreChangeFlags,
  { files, system }: World,
): TrustOptions {
  if (file === undefined) return { stores };
  const nssPasswordFile = resolve(system.workingFolder, file);
  files.read(nssPasswordFile);
  return { stores, nssPasswordFile };
}
