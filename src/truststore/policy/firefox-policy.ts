import { basename, dirname, join } from 'node:path';
import { isDevcaError } from '../../errors/devca-error.ts';
import { sha256Hex } from '../../pki/fingerprint.ts';
import { decodePem } from '../../pki/pem.ts';
import { forShell } from '../../platform/escape.ts';
import type { TrustSession } from '../session.ts';
import type { Step } from '../step.ts';
import { anchorFileName, anchorPem, isDevcaName, type TrustAnchor } from '../trust-anchor.ts';
import type { PlanRequest, StoreFamily, StorePlan, StoreStatus, TrustStore } from '../trust-store.ts';
import { unsupportedStore } from '../unsupported-store.ts';
import { firefoxPolicyFiles, isFirefoxPolicyFile } from './firefox-policy-files.ts';
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
  removeStep,
  strangePolicyStore,
  strayStep,
  withoutFolders,
} from './policy-file.ts';

const KIND = 'firefox-policy';

/** No certificate is as long. */
const ROOT_LIMIT = 64 * 1024;

/**
 * Firefox's policy file: at its next start, Firefox takes the roots that it names into the profile. For where certutil
 * can't: it isn't there, or a primary password guards the database, for which Firefox itself can ask. Of these stores, those
 * that the user asks for or that hold a root of devca's are shown.
 */
export const firefoxPolicyFamily: StoreFamily = {
  kind: KIND,
  detect: async (session, named) => {
    const { platform } = session.world.system;
    if (platform === 'darwin' || platform === 'win32') {
      return named ? [unsupportedStore(ELSEWHERE)] : [];
    }
    const known = journalledStores(session);
    return firefoxPolicyFiles(session)
      .filter((path) => named || known.includes(`${KIND}:${path}`) || holdsRootOfDevca(path, session))
      .map(firefoxPolicyStore);
  },
  at: (path, session) =>
    isFirefoxPolicyFile(path, session.world.files)
      ? firefoxPolicyStore(path)
      : strangePolicyStore(`${KIND}:${path}`, ELSEWHERE.name),
};

const ELSEWHERE = {
  id: KIND,
  name: 'policies of Firefox',
  detail: 'Firefox takes roots from the system here, and needs no policy for it',
  fix: '',
};

/** The policy file from which every Firefox takes the root; undefined where one does not. */
export function firefoxPolicyFile(anchor: TrustAnchor, session: TrustSession): string | undefined {
  const paths = firefoxPolicyFiles(session);
  return paths.every((path) => brings(anchor, listAt(path), session)) ? paths.join(', ') : undefined;
}

function brings(anchor: TrustAnchor, list: PolicyList, session: TrustSession): boolean {
  try {
    return policyStatus(anchor, list, session).status === 'trusted';
  } catch (error) {
    if (isDevcaError(error)) return false;
    throw error;
  }
}

function firefoxPolicyStore(path: string): TrustStore {
  const id = `${KIND}:${path}`;
  const list = listAt(path);
  return {
    id,
    name: 'policies of Firefox',
    status: async (anchor, session) => policyStatus(anchor, list, session),
    plan: async (request, session) =>
      request.action === 'install'
        ? planInstall(request.anchor, list, session)
        : planUninstall(request, list, session),
    afterChange: (action) =>
      action === 'install'
        ? 'Firefox takes it in at its next start'
        : 'profiles that took it in keep it until "devca trust uninstall --store nss"',
  };
}

const listAt = (path: string): PolicyList => ({
  store: `${KIND}:${path}`,
  path,
  keys: ['policies', 'Certificates', 'Install'],
});

/** Beside the policies: what reads those can read this too, also from inside of a snap. */
const rootPath = (anchor: TrustAnchor, { path }: PolicyList): string =>
  join(dirname(path), `${anchorFileName(anchor)}.pem`);

function policyStatus(anchor: TrustAnchor, list: PolicyList, session: TrustSession): StoreStatus {
  const fix = `devca trust install --store ${forShell(list.store)}`;
  const items = policyItems(list, session);
  const found = items.find((item) => isRoot(item, anchor, session));
  if (found !== undefined) {
    const hidden = hiddenStatus('the policy is there', [list.path, dirname(list.path), found], session);
    if (hidden !== undefined) return hidden;
    const own = found === rootPath(anchor, list) ? '' : ', which devca did not add';
    return { status: 'trusted', detail: `${found}${own}; Firefox takes it in at its start`, fix: '' };
  }
  if (items.includes(rootPath(anchor, list))) {
    return { status: 'partial', detail: `${rootPath(anchor, list)} is named, but is not the root`, fix };
  }
  const other = items.find((item) => isOfDevca(item, list));
  if (other !== undefined) return { status: 'different-root', detail: `only ${other} is named`, fix };
  return { status: 'not-trusted', detail: `the root is not in ${list.path}`, fix };
}

function planInstall(anchor: TrustAnchor, list: PolicyList, session: TrustSession): StorePlan {
  const path = rootPath(anchor, list);
  const write: Step = {
    kind: 'write',
    path,
    text: anchorPem(anchor),
    mode: 0o644,
    needsRoot: true,
    why: 'bring the root to where every Firefox can read it',
  };
  const folder = dirname(list.path);
  const named = policyItems(list, session).includes(path);
  // Written anew also where it is there: an install may have been killed amid it.
  return {
    before: { folders: missingFolders(folder, session).join('\n') },
    steps: [...folderSteps(folder, session), write, ...(named ? [] : addItemSteps(path, list, session))],
  };
}

function planUninstall({ anchor, before }: PlanRequest, list: PolicyList, session: TrustSession): StorePlan {
  const path = rootPath(anchor, list);
  const left = session.world.files.status(path) !== undefined;
  const steps = [
    ...strayStep(list, session),
    ...removeItemSteps(path, list, session),
    ...(left ? [removeStep(path, 'remove the root')] : []),
  ];
  return { before: before ?? {}, steps: withoutFolders(steps, before, placeOf(list), session) };
}

/** Such as /etc/firefox of /etc/firefox/policies/policies.json. */
const placeOf = ({ path }: PolicyList): PolicyPlace => ({
  folder: dirname(path),
  own: dirname(dirname(path)),
});

const isOfDevca = (item: string, { path }: PolicyList): boolean =>
  dirname(item) === dirname(path) && isDevcaName(basename(item));

function holdsRootOfDevca(path: string, session: TrustSession): boolean {
  const list = listAt(path);
  try {
    return policyItems(list, session).some((item) => isOfDevca(item, list));
  } catch (error) {
    if (isDevcaError(error)) return false;
    throw error;
  }
}

function isRoot(item: string, anchor: TrustAnchor, { world }: TrustSession): boolean {
  try {
    const bytes = world.files.read(item, ROOT_LIMIT);
    if (sha256Hex(bytes) === anchor.sha256) return true;
    return decodePem(Buffer.from(bytes).toString('latin1'), item).some(
      ({ der }) => sha256Hex(der) === anchor.sha256,
    );
  } catch (error) {
    if (isDevcaError(error)) return false;
    throw error;
  }
}
