import { DevcaError } from '../../errors/devca-error.ts';
import { lastLines } from '../../platform/exec.ts';
import { installHint } from '../package-hint.ts';
import { commandError, type TrustSession } from '../session.ts';
import type { Step } from '../step.ts';
import { anchorFileName, anchorPem, type TrustAnchor } from '../trust-anchor.ts';
import type { Before, PlanRequest, StorePlan, TrustStore } from '../trust-store.ts';
import { examineAnchorFolder } from './anchor-folder-examination.ts';
import { judge, restoreCommand } from './anchor-folder-status.ts';
import { planJavaAliasRemoval, withoutJavaHook } from './debian-java.ts';
import { addedByHand } from './hand-edits.ts';
import {
  anchorPath,
  begunFile,
  detachedName,
  hasHashedLink,
  hashedCopies,
  holds,
  isExtracted,
  madeBy,
  ownFile,
  sourceFiles,
  textOf,
} from './roots.ts';
import { DEBIAN, type SystemLayout } from './system-layout.ts';

/** A system store whose owner adds a file to a folder and runs a tool: nearly all of Linux, and FreeBSD. */
export function anchorFolderStore(layout: SystemLayout): TrustStore {
  return {
    id: 'system',
    name: `system store (${layout.name})`,
    status: async (anchor, session) => {
      const status = await judge(layout, anchor, session);
      // What is trusted needs no tool; what is to be changed does.
      if (status.status !== 'trusted') toolPath(layout, session);
      return status;
    },
    plan: async (request, session) => {
      const install = request.action === 'install';
      const plan = install
        ? planInstall(layout, request, session)
        : await planUninstall(layout, request, session);
      if (plan.steps.length === 0) return plan;
      const obstacle = await findObstacle(layout, request, session);
      return obstacle === undefined ? plan : { ...plan, obstacle };
    },
    examine: async (session) => examineAnchorFolder(layout, session),
    explain: (outcome) => {
      const said = lastLines(outcome.stderr);
      if (!/read-only file system/i.test(said)) return commandError(outcome, 'system');
      const { unlock } = layout;
      return new DevcaError('DEVCA_TRUST_READ_ONLY', {
        store: 'system',
        folder: layout.anchors,
        detail: said,
        unlock,
      });
    },
  };
}

function planInstall(layout: SystemLayout, { anchor }: PlanRequest, session: TrustSession): StorePlan {
  const { files } = session.world;
  const path = anchorPath(layout, anchor);
  const hasFolder = files.statusOfTarget(layout.anchors) !== undefined;
  const steps: Step[] = [];
  if (!hasFolder) {
    const args = ['-d', '-m', '0755', layout.anchors];
    steps.push({ kind: 'run', program: 'install', args, needsRoot: true, why: 'make the folder for roots' });
  }
  if (ownFile(path, anchor, session) === undefined) {
    const text = anchorPem(anchor);
    steps.push({ kind: 'write', path, text, mode: 0o644, needsRoot: true, why: 'add the root' });
  }
  steps.push(rebuild(layout, layout.installArgs, session));
  const before: Before = {
    file: files.status(path) === undefined ? 'absent' : 'present',
    ...(hasFolder ? {} : { folder: 'absent' }),
  };
  return { steps, before };
}

async function planUninstall(
  layout: SystemLayout,
  request: PlanRequest,
  session: TrustSession,
): Promise<StorePlan> {
  const { anchor, before } = request;
  const { files } = session.world;
  const path = anchorPath(layout, anchor);
  const file = ownFile(path, anchor, session) ?? begunFile(path, request, session);
  const others = sourceFiles(layout, session).filter((other) => other !== file);
  const steps: Step[] = [];
  if (file !== undefined) {
    steps.push({ kind: 'remove', path: file, needsRoot: true, why: 'remove the root' });
  }
  if (file !== undefined || isLeftOver(layout, anchor, others, session)) {
    steps.push(...copiesToRemove(layout, anchor, session));
    const noHook = layout === DEBIAN ? withoutJavaHook(session) : [];
    const step = rebuild(layout, [...layout.uninstallArgs, ...noHook], session);
    steps.push(noHook.length === 0 ? step : { ...step, why: `${step.why}; ${WITHOUT_HOOK}` });
  }
  if (layout === DEBIAN) steps.push(...(await planJavaAliasRemoval(anchor, session)));
  if (before?.['folder'] === 'absent' && others.length === 0 && files.status(layout.anchors) !== undefined) {
    const why = 'remove the folder, which was not there before';
    steps.push({ kind: 'run', program: 'rmdir', args: [layout.anchors], needsRoot: true, why });
  }
  return { steps, before: {} };
}

/** A rebuild is due although devca's file is gone: an uninstall was killed before it, or somebody forgot it. */
function isLeftOver(
  layout: SystemLayout,
  anchor: TrustAnchor,
  otherFiles: readonly string[],
  session: TrustSession,
): boolean {
  const link = layout.link?.(anchorFileName(anchor));
  if (link !== undefined && session.world.files.status(link) !== undefined) return true;
  if (hasHashedLink(layout, anchorPath(layout, anchor), session)) return true;
  if (!isExtracted(layout, anchor, session)) return false;
  return !otherFiles.some((path) => holds(textOf(path, session), anchor));
}

function copiesToRemove(layout: SystemLayout, anchor: TrustAnchor, session: TrustSession): readonly Step[] {
  if (layout.keepsCopies !== true) return [];
  return hashedCopies(layout, anchor, session)
    .filter((path) => session.world.files.status(path)?.kind === 'file')
    .map((path) => ({
      kind: 'remove',
      path,
      needsRoot: true,
      why: `remove the copy that ${layout.tool} keeps`,
    }));
}

async function findObstacle(
  layout: SystemLayout,
  { anchor, action }: PlanRequest,
  session: TrustSession,
): Promise<DevcaError | undefined> {
  const { bundle, anchors: folder, tool, extension } = layout;
  const name = action === 'install' ? detachedName(layout, session) : undefined;
  if (name !== undefined && !holds(textOf(name, session), anchor)) {
    const restore = restoreCommand(layout, name, session);
    return new DevcaError('DEVCA_TRUST_BUNDLE_DETACHED', { store: 'system', name, bundle, tool, restore });
  }
  const subjects = await addedByHand(layout, anchor, session);
  if (subjects.length === 0) return undefined;
  const context = { store: 'system', action, bundle, folder, extension, subjects };
  return new DevcaError('DEVCA_TRUST_BUNDLE_EDITED', context);
}

/** Said of arguments that nobody would guess the reason of. */
const WITHOUT_HOOK =
  "without its hooks, of which Java's alone is there: that would add roots again that Java's key store has lost";

function rebuild(layout: SystemLayout, args: readonly string[], session: TrustSession): Step {
  const why = `rebuild ${madeBy(layout, session) ?? layout.bundle} and what belongs to it`;
  return { kind: 'run', program: toolPath(layout, session), args, needsRoot: true, why };
}

/** Users don't have /usr/sbin on their PATH everywhere. */
function toolPath({ tool }: SystemLayout, session: TrustSession): string {
  const { exec } = session.world;
  const path = exec.find(`/usr/sbin/${tool}`) ?? exec.find(tool);
  if (path !== undefined) return path;
  const install = installHint(tool, session.world);
  throw new DevcaError('DEVCA_TRUST_TOOL_MISSING', { store: 'system', tool, install });
}
