import { dirname, join } from 'node:path';
import { isDevcaError } from '../../errors/devca-error.ts';
import { forShell } from '../../platform/escape.ts';
import { CHROMIUM_BROWSERS } from '../nss/chromium-browsers.ts';
import type { TrustSession } from '../session.ts';
import type { TrustAnchor } from '../trust-anchor.ts';
import type { PlanRequest, StoreFamily, StorePlan, StoreStatus, TrustStore } from '../trust-store.ts';
import { unsupportedStore } from '../unsupported-store.ts';
import {
  addItemSteps,
  folderSteps,
  hiddenStatus,
  journalledStores,
  missingFolders,
  type PolicyList,
  type PolicyPlace,
  policyItems,
  removeItemSteps,
  strangePolicyStore,
  strayStep,
  withoutFolders,
} from './policy-file.ts';

const KIND = 'chromium-policy';

const OWN_FILE = 'devca.json';

/**
 * Policies of Chromium and its kin on Linux, which hold roots themselves (`CACertificates`): nothing stays in the profile
 * when they are gone. For where certutil can't; of these stores, those that the user asks for or that devca has changed are
 * shown.
 */
export const chromiumPolicyFamily: StoreFamily = {
  kind: KIND,
  detect: async (session, named) => {
    const { platform } = session.world.system;
    if (platform === 'darwin' || platform === 'win32') {
      return named ? [unsupportedStore(ELSEWHERE)] : [];
    }
    const known = journalledStores(session);
    const installed = named ? installedFolders(session) : [];
    return POLICY_FOLDERS.filter(({ folder }) => {
      const own = session.world.files.statusOfTarget(join(folder, OWN_FILE));
      return installed.includes(folder) || known.includes(`${KIND}:${folder}`) || own !== undefined;
    }).map(({ folder, name }) => chromiumPolicyStore(folder, name));
  },
  at: (folder) => {
    const known = POLICY_FOLDERS.find((place) => place.folder === folder);
    return known === undefined
      ? strangePolicyStore(`${KIND}:${folder}`, ELSEWHERE.name)
      : chromiumPolicyStore(folder, known.name);
  },
};

export const POLICY_FOLDERS = CHROMIUM_BROWSERS.flatMap(({ name, policies, snapPolicies }) => [
  ...(policies === undefined ? [] : [{ name, folder: policies }]),
  ...(snapPolicies === undefined ? [] : [{ name: `snap ${name}`, folder: snapPolicies }]),
]);

/** Of the browsers that are there; Chromium's where none is. */
function installedFolders({ world }: TrustSession): readonly string[] {
  const folders = CHROMIUM_BROWSERS.flatMap(({ programs, policies, snapPolicies }) =>
    programs.flatMap((program) => {
      const path = world.exec.find(program);
      const folder = path?.startsWith('/snap/') === true ? (snapPolicies ?? policies) : policies;
      return path === undefined || folder === undefined ? [] : [folder];
    }),
  );
  return folders.length > 0 ? folders : POLICY_FOLDERS.slice(0, 1).map(({ folder }) => folder);
}

const ELSEWHERE = {
  id: KIND,
  name: 'policies of Chromium',
  detail: 'Chromium and its kin take roots from the system here, and need no policy for it',
  fix: '',
};

/** The file in a folder of policies from which a browser takes the root; undefined where it does not. */
export function chromiumPolicyFile(
  anchor: TrustAnchor,
  folder: string,
  session: TrustSession,
): string | undefined {
  try {
    const { path } = effectiveList(folder, session);
    return policyStatus(anchor, folder, session).status === 'trusted' ? path : undefined;
  } catch (error) {
    if (isDevcaError(error)) return undefined;
    throw error;
  }
}

function chromiumPolicyStore(folder: string, browser: string): TrustStore {
  const id = `${KIND}:${folder}`;
  return {
    id,
    name: `policies of ${browser}`,
    status: async (anchor, session) => policyStatus(anchor, folder, session),
    plan: async (request, session) =>
      request.action === 'install'
        ? planInstall(request.anchor, folder, session)
        : planUninstall(request, folder, session),
  };
}

function policyStatus(anchor: TrustAnchor, folder: string, session: TrustSession): StoreStatus {
  const list = effectiveList(folder, session);
  const fix = `devca trust install --store ${forShell(list.store)}`;
  if (!policyItems(list, session).includes(itemOf(anchor))) {
    return { status: 'not-trusted', detail: `the root is not in ${list.path}`, fix };
  }
  const hidden = hiddenStatus(`the root is in ${list.path}`, [folder, list.path], session);
  return hidden ?? { status: 'trusted', detail: `in ${list.path}`, fix: '' };
}

function planInstall(anchor: TrustAnchor, folder: string, session: TrustSession): StorePlan {
  const list = effectiveList(folder, session);
  if (policyItems(list, session).includes(itemOf(anchor))) return { steps: [], before: {} };
  return {
    before: { folders: missingFolders(folder, session).join('\n') },
    steps: [...folderSteps(folder, session), ...addItemSteps(itemOf(anchor), list, session)],
  };
}

function planUninstall({ anchor, before }: PlanRequest, folder: string, session: TrustSession): StorePlan {
  const steps = [
    ...strayStep(effectiveList(folder, session), session),
    ...policyLists(folder, session).flatMap((list) => removeItemSteps(itemOf(anchor), list, session)),
  ];
  return { before: before ?? {}, steps: withoutFolders(steps, before, placeOf(folder), session) };
}

/** Such as /etc/chromium of /etc/chromium/policies/managed. */
const placeOf = (folder: string): PolicyPlace => ({ folder, own: dirname(dirname(folder)) });

const itemOf = ({ certificate }: TrustAnchor): string => Buffer.from(certificate).toString('base64');

/**
 * Chromium reads every file in the folder, and for a policy that several of them set, the last one in the order of their
 * names counts alone. So where an administrator has set this one, the root goes there.
 */
function effectiveList(folder: string, session: TrustSession): PolicyList {
  return policyLists(folder, session).at(-1) ?? listAt(folder, OWN_FILE);
}

function policyLists(folder: string, session: TrustSession): readonly PolicyList[] {
  const { files } = session.world;
  if (files.statusOfTarget(folder)?.kind !== 'folder') return [];
  return files
    .list(folder)
    .filter((name) => files.statusOfTarget(join(folder, name))?.kind === 'file')
    .map((name) => listAt(folder, name))
    .filter((list) => sets(list, session));
}

const listAt = (folder: string, name: string): PolicyList => ({
  store: `${KIND}:${folder}`,
  path: join(folder, name),
  keys: ['CACertificates'],
});

/** Of a file that is no JSON, Chromium takes nothing. */
function sets(list: PolicyList, session: TrustSession): boolean {
  try {
    return policyItems(list, session).length > 0;
  } catch (error) {
    if (isDevcaError(error, 'DEVCA_TRUST_POLICY_INVALID')) return false;
    throw error;
  }
}
