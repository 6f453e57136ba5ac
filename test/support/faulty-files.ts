import { DevcaError } from '../../src/errors/devca-error.ts';
import type { Files } from '../../src/platform/files.ts';

/** The operations that change something. */
const CHANGES = [
  'createExclusive',
  'createLink',
  'append',
  'rename',
  'remove',
  'removeFolder',
  'makeFolder',
  'setMode',
  'syncFolder',
] as const;

export interface FaultyFiles {
  readonly files: Files;
  /** How many changing operations were asked for so far. */
  readonly count: () => number;
}

/**
 * Files whose nth changing operation (from 1) fails as on a full disk, and each later one too where `forever`.
 * A file that cannot be created is left half written, as the real one would be.
 */
export function faultyFiles(files: Files, nth: number, forever: boolean): FaultyFiles {
  let count = 0;
  const fails = () => {
    count += 1;
    return forever ? count >= nth : count === nth;
  };
  const faulty = Object.fromEntries(
    CHANGES.map((name) => [
      name,
      (...args: [string, ...unknown[]]) => {
        const [path] = args;
        if (!fails()) return Reflect.apply(files[name], files, args);
        if (name === 'createExclusive') files.createExclusive(path, new Uint8Array([0]), 0o600);
        throw new DevcaError('DEVCA_FILE_DISK_FULL', { path, action: name });
      },
    ]),
  );
  return { files: { ...files, ...faulty }, count: () => count };
}
