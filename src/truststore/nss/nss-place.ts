import { join } from 'node:path';
import { type DevcaError, isDevcaError } from '../../errors/devca-error.ts';
import type { TrustSession } from '../session.ts';

/** A folder with an NSS database, or where one belongs. */
export interface NssPlace {
  readonly folder: string;
  /** For people: whose database it is. */
  readonly name: string;
  readonly needsRoot: boolean;
  /** A profile of Firefox or its kin, which bring an NSS of their own; else programs use the system's. */
  readonly profile: boolean;
  /** Why nobody can tell which databases are here: it gets its row, and the others are found all the same. */
  readonly error?: DevcaError;
  /** Why devca does not change this one, and what people can do. */
  readonly leftAlone?: LeftAlone;
}

export interface LeftAlone {
  /** `not-trusted` where a root would be needed and devca can't put it there. */
  readonly status: 'unsupported' | 'not-trusted';
  readonly detail: string;
  readonly fix: string;
}

/** A browser that is installed and has never been started. */
export interface UnusedBrowser {
  readonly name: string;
  readonly program: string;
  readonly folder: string;
}

export const databasePlace = (name: string, ...parts: readonly string[]): NssPlace => ({
  name,
  folder: join(...parts),
  needsRoot: false,
  profile: false,
});

export const hasDatabase = ({ folder }: Pick<NssPlace, 'folder'>, session: TrustSession): boolean =>
  session.world.files.statusOfTarget(join(folder, 'cert9.db')) !== undefined;

/** What can't be looked at counts as there: its row says why. What lies below a file (`~/snap`, say) is not there. */
export function mayExist(path: string, session: TrustSession): boolean {
  try {
    return session.world.files.statusOfTarget(path) !== undefined;
  } catch (error) {
    return !isDevcaError(error, 'DEVCA_FILE_NOT_A_FOLDER');
  }
}
