import { basename, dirname, join, posix } from 'node:path';
import { PASSWORD_VARIABLE } from '../platform/root-client.ts';
import type { World } from '../platform/world.ts';
import { STAGED_FOR_ROOT } from './apple/keychain-store.ts';
import { ROOTS_REGISTRIES } from './docker/docker-folders.ts';
import { copyOf } from './java/java-steps.ts';
import { isKeyStoreFile } from './java/key-store-file.ts';
import { SYSTEM_DATABASE } from './nss/chromium-places.ts';
import { DATABASE_FILES } from './nss/made-database.ts';
import { isDevcasAlone } from './nss/nss-records.ts';
import { POLICY_FOLDERS } from './policy/chromium-policy.ts';
import { FIREFOX_POLICY_FILES, isFirefoxPolicyFile } from './policy/firefox-policy-files.ts';
import { freshPath } from './policy/policy-file.ts';
import { listOrNothing } from './readable-folder.ts';
import { realPathOr } from './real-path.ts';
import { isHashedName } from './system/roots.ts';
import { SYSTEM_LAYOUTS } from './system/system-family.ts';
import { isAnchorFile, isDevcaName } from './trust-anchor.ts';

export type RootsMachine = Pick<World, 'files' | 'system'>;

/** `words`: all that the names of the line stand for. */
type Meaning = (
  text: string,
  machine: RootsMachine,
  words?: Readonly<Record<string, string | undefined>>,
) => boolean;

/** A path, in the one form that it has when nothing is left to be resolved in it. */
const path =
  (isMeant: Meaning): Meaning =>
  (text, machine) =>
    posix.isAbsolute(text) && posix.resolve(text) === text && isMeant(text, machine);

/** What each word in the commands of root may be. */
export const MEANINGS: Readonly<Record<string, Meaning>> = {
  ROOT: path((file, machine) => isAnchorFile(basename(file)) && isFolderOfRoots(dirname(file), machine)),
  HASHED_COPY: path(
    (file) => isHashedName(basename(file)) && SYSTEM_LAYOUTS.some(({ hashed }) => hashed === dirname(file)),
  ),
  FOLDER: path(isFolder),
  NEW_FOLDER: path((folder, machine) => isFolder(folder, machine) && isFree(folder, machine)),
  NEW_DATABASE: path((folder, machine) => folder === SYSTEM_DATABASE && isFree(folder, machine)),
  DATABASE_FILE: path(
    (file, { files }) =>
      dirname(file) === SYSTEM_DATABASE &&
      DATABASE_FILES.includes(basename(file)) &&
      isDevcasAlone(SYSTEM_DATABASE, files),
  ),
  POLICY: path(isPolicy),
  FRESH_POLICY: path((file, machine) =>
    policiesBehind(file, machine).some((policy) => freshPath(policy) === file && isPolicy(policy, machine)),
  ),
  KEY_STORE: path(isKeyStore),
  KEY_STORE_COPY: path((file, machine) => {
    const original = file.slice(0, -copyOf({ file: '' }).length);
    return copyOf({ file: original }) === file && [original, file].every((each) => isKeyStore(each, machine));
  }),
  /** Whoever is root, and has a password for a key store, may keep it anywhere. */
  PASSWORD_FILE: path((file, { files }) => files.statusOfTarget(file)?.kind === 'file'),
  PASSWORD_VARIABLE: (text) => text === PASSWORD_VARIABLE,
  /** That of the key store, which may be secret, but for whether its owner may write. */
  MODE: (text, { files }, { KEY_STORE = '' } = {}) => {
    const mode = files.status(KEY_STORE)?.mode;
    return (
      mode !== undefined && /^0[0-7]{3}$/.test(text) && ((Number.parseInt(text, 8) ^ mode) & ~0o200) === 0
    );
  },
  DEVCA_NAME: isDevcaName,
  ALIAS: (text) => isDevcaName(text) || (/^debian:/.test(text) && isAnchorFile(text.slice('debian:'.length))),
  NAME: () => true,
  FLAGS: (text) => /^[a-zA-Z]*,[a-zA-Z]*,[a-zA-Z]*$/.test(text),
  FINGERPRINT: (text) => /^[0-9A-F]{64}$/.test(text),
};

/** What devca may have to make on a machine, with all that is above it. */
const FOLDERS = [
  ...SYSTEM_LAYOUTS.map(({ anchors }) => anchors),
  ...POLICY_FOLDERS.map(({ folder }) => folder),
  ...FIREFOX_POLICY_FILES.map((file) => dirname(file)),
  ...ROOTS_REGISTRIES,
  SYSTEM_DATABASE,
];

function isFolder(folder: string, { files }: RootsMachine): boolean {
  return (
    FOLDERS.some((known) => `${known}/`.startsWith(`${folder}/`)) ||
    isRegistry(folder) ||
    isFirefoxPolicyFile(join(folder, 'policies.json'), files)
  );
}

function isFolderOfRoots(folder: string, { files }: RootsMachine): boolean {
  return (
    SYSTEM_LAYOUTS.some(({ anchors }) => anchors === folder) ||
    isRegistry(folder) ||
    isFirefoxPolicyFile(join(folder, 'policies.json'), files) ||
    folder === STAGED_FOR_ROOT
  );
}

const isRegistry = (folder: string): boolean => ROOTS_REGISTRIES.includes(dirname(folder));

const isFree = (folder: string, { files }: RootsMachine): boolean => files.status(folder) === undefined;

/** Also what an administrator has put a link for. */
function isPolicy(file: string, { files }: RootsMachine): boolean {
  return (
    POLICY_FOLDERS.some(({ folder }) => folder === dirname(file)) ||
    isFirefoxPolicyFile(file, files) ||
    linkedPolicies({ files }).includes(file)
  );
}

function linkedPolicies({ files }: Pick<RootsMachine, 'files'>): readonly string[] {
  const policies = POLICY_FOLDERS.flatMap(({ folder }) =>
    listOrNothing(folder, files).map((name) => join(folder, name)),
  );
  return [...policies, ...FIREFOX_POLICY_FILES]
    .filter((file) => files.status(file)?.kind === 'link')
    .map((file) => realPathOr(file, { world: { files } }));
}

/** Those for which a file could be the one that takes their place. */
function policiesBehind(file: string, machine: RootsMachine): readonly string[] {
  const name = basename(file).replace(/^\.devca-/, '');
  const folders = [...POLICY_FOLDERS.map(({ folder }) => folder), join(dirname(file), 'distribution')];
  return [
    ...folders.map((folder) => join(folder, name)),
    ...FIREFOX_POLICY_FILES,
    ...linkedPolicies(machine),
  ];
}

function isKeyStore(file: string, { files }: RootsMachine): boolean {
  return isKeyStoreFile(file, files);
}
