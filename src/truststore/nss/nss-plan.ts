import { join, resolve } from 'node:path';
import { DevcaError } from '../../errors/devca-error.ts';
import type { TrustSession } from '../session.ts';
import type { Step } from '../step.ts';
import {
  anchorNickname,
  anchorPem,
  isDevcaName,
  type TrustAction,
  type TrustAnchor,
} from '../trust-anchor.ts';
import type { Before, PlanRequest, StorePlan } from '../trust-store.ts';
import { databaseFlags, type NssDatabase } from './certutil.ts';
import { beforeNew, beforeOf, DATABASE_FILES } from './made-database.ts';
import { NSS_TRUST, type NssContents, refusalOf, wantsPassword } from './nss-database.ts';

/** Names a file whose first line is the primary password of databases that have one. */
const PASSWORD_VARIABLE = 'DEVCA_NSS_PASSWORD_FILE';

export function planNewDatabase(
  anchor: TrustAnchor,
  database: NssDatabase,
  session: TrustSession,
): StorePlan {
  const { certutil: program, folder, needsRoot } = database;
  return {
    before: beforeNew(database, session),
    steps: [
      {
        kind: 'run',
        program: 'install',
        // One of root's is the system's, which every user's browser reads.
        args: ['-d', '-m', needsRoot ? '0755' : '0700', folder],
        needsRoot,
        why: 'make the folder for the database',
      },
      {
        kind: 'run',
        program,
        args: ['-N', ...databaseFlags(database), '--empty-password'],
        needsRoot,
        why: 'make the database, as the browser would at its first start',
      },
      ...(needsRoot ? [openToAll(database)] : []),
      addStep(anchor, database),
    ],
  };
}

const openToAll = ({ folder, needsRoot }: NssDatabase): Step => ({
  kind: 'run',
  program: 'chmod',
  args: ['0644', ...DATABASE_FILES.map((name) => join(folder, name))],
  needsRoot,
  why: 'let every user read the database, which has no keys',
});

export async function planDatabase(
  request: PlanRequest,
  contents: NssContents,
  database: NssDatabase,
  session: TrustSession,
): Promise<StorePlan> {
  const plan =
    request.action === 'uninstall'
      ? planUninstall(request, contents, database)
      : await planInstall(request.anchor, contents, database, session);
  return withPassword(plan, request.action, database, session);
}

async function planInstall(
  anchor: TrustAnchor,
  { ours }: NssContents,
  database: NssDatabase,
  session: TrustSession,
): Promise<StorePlan> {
  if (ours !== undefined && (await refusalOf(ours.nickname, database, session)) === undefined) {
    return { steps: [], before: {} };
  }
  const step = ours === undefined ? addStep(anchor, database) : trustStep(ours.nickname, NSS_TRUST, database);
  const before: Before =
    ours === undefined || isDevcaName(ours.nickname) ? {} : { nickname: ours.nickname, trust: ours.trust };
  return { steps: [step], before: { ...beforeOf(database, session), ...before } };
}

/** What stood there under another nickname gets its old flags back; what devca added goes; the rest stays. */
function planUninstall(
  { before }: PlanRequest,
  { ours, newTrust }: NssContents,
  database: NssDatabase,
): StorePlan {
  const plan = (steps: readonly Step[]): StorePlan => ({ steps, before: before ?? {} });
  if (ours === undefined) return plan([]);
  if (isDevcaName(ours.nickname)) {
    const { certutil: program, needsRoot, id: store, folder } = database;
    const args = ['-D', ...databaseFlags(database), '-n', ours.nickname];
    const remove = plan([{ kind: 'run', program, args, needsRoot, why: 'remove the root' }]);
    // Its flags tell whether this certutil knows of the trust that the browser wrote, and so takes it away as well.
    if (!newTrust || ours.trust.startsWith('C')) return remove;
    const { nickname } = ours;
    return { ...remove, obstacle: new DevcaError('DEVCA_TRUST_NSS_IMPORTED', { store, folder, nickname }) };
  }
  const trust = before?.['trust'];
  if (before?.['nickname'] !== ours.nickname || trust === undefined || trust === ours.trust) return plan([]);
  return plan([trustStep(ours.nickname, trust, database)]);
}

/** Trust is signed with the primary password; only taking a certificate away goes without. */
async function withPassword(
  plan: StorePlan,
  action: TrustAction,
  database: NssDatabase,
  session: TrustSession,
): Promise<StorePlan> {
  const { id: store, folder } = database;
  const setsTrust = plan.steps.some((step) => step.kind === 'run' && step.args.includes('-t'));
  if (!setsTrust || database.needsRoot || !(await wantsPassword(database, session))) return plan;
  const named = session.world.system.environment[PASSWORD_VARIABLE];
  if (named === undefined || named === '') {
    return { ...plan, obstacle: new DevcaError('DEVCA_TRUST_NSS_PASSWORD', { store, folder, action }) };
  }
  const file = resolve(session.world.system.workingFolder, named);
  if (await wantsPassword(database, session, file)) {
    return { ...plan, obstacle: new DevcaError('DEVCA_TRUST_NSS_PASSWORD_WRONG', { store, folder, file }) };
  }
  const steps = plan.steps.map((step) =>
    step.kind === 'run' && step.args.includes('-t') ? { ...step, args: [...step.args, '-f', file] } : step,
  );
  return { ...plan, steps };
}

function addStep(anchor: TrustAnchor, database: NssDatabase): Step {
  const { certutil: program, needsRoot } = database;
  const args = ['-A', ...databaseFlags(database), '-t', NSS_TRUST, '-n', anchorNickname(anchor), '-a'];
  return { kind: 'run', program, args, stdin: anchorPem(anchor), needsRoot, why: 'add the root as trusted' };
}

function trustStep(nickname: string, trust: string, database: NssDatabase): Step {
  const { certutil: program, needsRoot } = database;
  const args = ['-M', ...databaseFlags(database), '-n', nickname, '-t', trust];
  return { kind: 'run', program, args, needsRoot, why: `set the trust of "${nickname}"` };
}
