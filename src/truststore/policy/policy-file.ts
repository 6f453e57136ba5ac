import { basename, dirname, join } from 'node:path';
import { DevcaError, isDevcaError } from '../../errors/devca-error.ts';
import { forShell } from '../../platform/escape.ts';
import { readJournal } from '../journal.ts';
import type { TrustSession } from '../session.ts';
import type { Step } from '../step.ts';
import type { Before, StoreStatus, TrustStore } from '../trust-store.ts';
import { unsupportedStore } from '../unsupported-store.ts';
import { addToList, readList, removeFromList } from './json-list.ts';

/** A list in a policy file, which may hold an administrator's policies as well. */
export interface PolicyList {
  /** The store that it belongs to, for errors. */
  readonly store: string;
  readonly path: string;
  readonly keys: readonly string[];
}

/** The folder of policy files, and the outermost above it that has no other purpose. */
export interface PolicyPlace {
  readonly folder: string;
  readonly own: string;
}

/** No policy file is nearly as long. */
const LIMIT = 1024 * 1024;

/** The items of the list. Throws DEVCA_TRUST_POLICY_INVALID. */
export function policyItems(list: PolicyList, session: TrustSession): readonly string[] {
  const text = policyText(list.path, session);
  return text === undefined ? [] : (guarded(list, () => readList(text, list.keys)) ?? []);
}

/** The steps that put the item into the list, in a file that is made where there is none. */
export function addItemSteps(item: string, list: PolicyList, session: TrustSession): readonly Step[] {
  const text = policyText(list.path, session);
  const { path, keys } = list;
  if (text !== undefined) {
    return replaceSteps(
      path,
      guarded(list, () => addToList(text, keys, item)),
      session,
    );
  }
  const value = keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), [item]);
  const fresh = freshPath(path);
  const why = 'make the policy file, with the root in it';
  const content = `${JSON.stringify(value, undefined, 2)}\n`;
  return [
    { kind: 'write', path: fresh, text: content, mode: 0o644, needsRoot: true, why },
    moveStep(fresh, path, why),
  ];
}

/** The steps that take the item out of the list, and the file away where nothing else is left in it. */
export function removeItemSteps(item: string, list: PolicyList, session: TrustSession): readonly Step[] {
  const text = policyText(list.path, session);
  if (text === undefined || !policyItems(list, session).includes(item)) return [];
  const rest = guarded(list, () => removeFromList(text, list.keys, item));
  if (/^\s*\{\s*\}\s*$/.test(rest))
    return [removeStep(list.path, 'remove the policy file, which is empty now')];
  return replaceSteps(list.path, rest, session);
}

export const removeStep = (path: string, why: string): Step => ({
  kind: 'remove',
  path,
  needsRoot: true,
  why,
});

/** Every user's browser has to read what is in there. */
export function folderSteps(folder: string, session: TrustSession): readonly Step[] {
  if (session.world.files.statusOfTarget(folder) !== undefined) return [];
  const args = ['-d', '-m', '0755', folder];
  return [
    ...folderSteps(dirname(folder), session),
    { kind: 'run', program: 'install', args, needsRoot: true, why: `make the folder ${folder}` },
  ];
}

/** The folders that `folderSteps` would make, innermost first: what stands in the journal as `folders`. */
export function missingFolders(folder: string, session: TrustSession): readonly string[] {
  if (session.world.files.statusOfTarget(folder) !== undefined) return [];
  return [folder, ...missingFolders(dirname(folder), session)];
}

/**
 * Takes away those of the folders of the journal that nothing is left in after the steps. The user writes the journal, and
 * root removes: so no others than the folder of the policies and those above it that are the browser's alone.
 */
export function withoutFolders(
  steps: readonly Step[],
  before: Before | undefined,
  { folder: innermost, own }: PolicyPlace,
  session: TrustSession,
): readonly Step[] {
  const gone = new Set(steps.flatMap((step) => (step.kind === 'remove' ? [step.path] : [])));
  const made = new Set((before?.['folders'] ?? '').split('\n'));
  const removals: Step[] = [];
  for (const folder of foldersBetween(innermost, own)) {
    if (!made.has(folder)) break;
    if (session.world.files.statusOfTarget(folder)?.kind !== 'folder') continue;
    if (session.world.files.list(folder).some((name) => !gone.has(join(folder, name)))) break;
    const why = `remove the folder ${folder}, which is empty now`;
    removals.push({ kind: 'run', program: 'rmdir', args: ['--', folder], needsRoot: true, why });
    gone.add(folder);
  }
  return [...steps, ...removals];
}

/** Innermost first. */
const foldersBetween = (folder: string, above: string): readonly string[] =>
  folder === above || folder === dirname(folder)
    ? [folder]
    : [folder, ...foldersBetween(dirname(folder), above)];

/** What an install that was killed has left. */
export function strayStep({ path }: PolicyList, session: TrustSession): readonly Step[] {
  const fresh = freshPath(targetOf(path, session));
  if (session.world.files.status(fresh) === undefined) return [];
  return [removeStep(fresh, 'remove what a change that was killed has left')];
}

function replaceSteps(path: string, text: string, session: TrustSession): readonly Step[] {
  const target = targetOf(path, session);
  const fresh = freshPath(target);
  const why = 'change the policy file, and leave everything else in it as it is';
  const flags = session.world.system.platform === 'linux' ? ['conv=fsync', 'status=none'] : [];
  return [
    // The copy has the owner and the mode.
    { kind: 'run', program: 'cp', args: ['-p', '--', target, fresh], needsRoot: true, why },
    { kind: 'run', program: 'dd', args: [`of=${fresh}`, ...flags], stdin: text, needsRoot: true, why },
    moveStep(fresh, target, why),
  ];
}

const moveStep = (from: string, to: string, why: string): Step => {
  return { kind: 'run', program: 'mv', args: ['-f', '--', from, to], needsRoot: true, why };
};

/**
 * Files are made here and then moved into place, so that no browser ever reads half of one; not in the folder itself, where
 * Chromium reads whatever there is.
 */
export const freshPath = (path: string): string => join(dirname(dirname(path)), `.devca-${basename(path)}`);

function targetOf(path: string, { world }: TrustSession): string {
  return world.files.status(path)?.kind === 'link' ? world.files.realPath(path) : path;
}

function policyText(path: string, { world }: TrustSession): string | undefined {
  const bytes = world.files.readIfPresent(path, LIMIT);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
}

/** A store of the journal's, or that somebody names, where no browser is known to look: root does nothing there. */
export const strangePolicyStore = (id: string, name: string): TrustStore =>
  unsupportedStore({ id, name, detail: 'no browser that devca knows takes policies from there', fix: '' });

/** How a root stands that is named where not every user's browser can read one of these; undefined where all can. */
export function hiddenStatus(
  what: string,
  paths: readonly string[],
  session: TrustSession,
): StoreStatus | undefined {
  const hidden = paths.find((path) => !isPublic(path, session));
  if (hidden === undefined) return undefined;
  const detail = `${what}, but not every user can read ${hidden}`;
  return { status: 'partial', detail, fix: `sudo chmod a+rX ${forShell(hidden)}` };
}

function isPublic(path: string, { world }: TrustSession): boolean {
  const status = world.files.statusOfTarget(path);
  const wanted = status?.kind === 'folder' ? 0o005 : 0o004;
  return ((status?.mode ?? 0) & wanted) === wanted;
}

/** Ids of the stores that devca has changed; none where there is no journal to be found. */
export function journalledStores(session: TrustSession): readonly string[] {
  try {
    return readJournal(session).map(({ store }) => store);
  } catch (error) {
    if (isDevcaError(error)) return [];
    throw error;
  }
}

function guarded<T>({ store, path }: PolicyList, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new DevcaError('DEVCA_TRUST_POLICY_INVALID', { store, path, detail: error.message });
  }
}
