import { basename, dirname, join } from 'node:path';
import { isDevcaError } from '../../errors/devca-error.ts';
import { readJournal } from '../journal.ts';
import type { TrustSession } from '../session.ts';
import type { Step } from '../step.ts';
import type { Before, PlanRequest, StorePlan } from '../trust-store.ts';
import type { NssDatabase } from './certutil.ts';
import { wantsPassword } from './nss-database.ts';
import { OTHER_ROOTS, otherContents } from './nss-records.ts';
import { runningBrowser } from './running-browser.ts';

/** The files of a database; the one that says that it is there goes last. */
export const DATABASE_FILES = ['key4.db', 'pkcs11.txt', 'cert9.db'];

/** No list of modules is longer. */
const LIST_LIMIT = 64 * 1024;

/** What the journal keeps of a database that devca makes: the uppermost folder that was not there. */
export function beforeNew({ folder }: NssDatabase, { world }: TrustSession): Before {
  let newFolder: string | undefined;
  for (let path = folder; world.files.statusOfTarget(path) === undefined; path = dirname(path))
    newFolder = path;
  return { database: 'absent', ...(newFolder === undefined ? {} : { newFolder }) };
}

/** Of a database that is there: it may be one that devca has made for another root, and the last of them takes it along. */
export function beforeOf({ id }: NssDatabase, session: TrustSession): Before {
  const made = readJournal(session).find(({ store, before }) => store === id && isMade(before));
  const { newFolder } = made?.before ?? {};
  if (made === undefined) return { database: 'present' };
  return { database: 'absent', ...(newFolder === undefined ? {} : { newFolder }) };
}

/**
 * An uninstall, with the removal of the database itself where devca made it and nothing else came into it. Anything in it
 * or beside it keeps it.
 */
export async function withoutMadeDatabase(
  plan: StorePlan,
  { anchor, before }: PlanRequest,
  database: NssDatabase,
  session: TrustSession,
): Promise<StorePlan> {
  if (plan.obstacle !== undefined || before === undefined || !isMade(before)) return plan;
  const { folder, needsRoot } = database;
  const reason =
    otherContents(anchor, folder, session) ??
    thingsBeside(folder, session) ??
    (runningBrowser(database, session) === undefined ? undefined : 'a browser is using it') ??
    ((await wantsPassword(database, session)) ? 'it has a password' : undefined);
  if (reason === OTHER_ROOTS) return plan;
  if (reason !== undefined)
    return { ...plan, leaves: `the database, which devca made, stays, since ${reason}` };
  const { files } = session.world;
  const why = 'remove the database, which devca made and which holds nothing else';
  const steps: readonly Step[] = [
    ...DATABASE_FILES.map((name) => join(folder, name))
      .filter((path) => files.status(path) !== undefined)
      .map((path): Step => ({ kind: 'remove', path, needsRoot, why })),
    ...foldersMade(folder, before['newFolder'], session).map((path): Step => {
      const reasonOf = 'remove the folder, which was not there before';
      return { kind: 'run', program: 'rmdir', args: [path], needsRoot, why: reasonOf };
    }),
  ];
  return { ...plan, steps: [...plan.steps, ...steps] };
}

const isMade = (before: Before): boolean => before['database'] === 'absent';

/** Files of others, a link in the place of a file, and modules that somebody has added. */
function thingsBeside(folder: string, { world: { files } }: TrustSession): string | undefined {
  try {
    const names = files.list(folder);
    if (files.status(folder)?.kind !== 'folder') return 'its folder is a link';
    const other = names.find(
      (name) => !DATABASE_FILES.includes(name) || files.status(join(folder, name))?.kind !== 'file',
    );
    if (other !== undefined) return `"${other}" is in its folder`;
    const modules = files.readIfPresent(join(folder, 'pkcs11.txt'), LIST_LIMIT) ?? new Uint8Array();
    const count =
      Buffer.from(modules)
        .toString('latin1')
        .match(/^library=/gm)?.length ?? 0;
    return count > 1 ? 'modules were added to it' : undefined;
  } catch (error) {
    if (isDevcaError(error)) return 'its folder cannot be read';
    throw error;
  }
}

/** The folders that devca made, innermost first, as far as nothing else is in them. */
function foldersMade(
  folder: string,
  newFolder: string | undefined,
  { world: { files } }: TrustSession,
): readonly string[] {
  if (newFolder === undefined) return [];
  const folders = [folder];
  for (let path = folder; path !== newFolder && path !== dirname(path); path = dirname(path)) {
    const parent = dirname(path);
    if (files.list(parent).some((name) => name !== basename(path))) break;
    folders.push(parent);
  }
  return folders;
}
