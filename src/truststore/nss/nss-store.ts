import { dirname, join } from 'node:path';
import { DevcaError } from '../../errors/devca-error.ts';
import { forShell } from '../../platform/escape.ts';
import { installHint } from '../package-hint.ts';
import type { TrustSession } from '../session.ts';
import type { Step } from '../step.ts';
import {
  anchorNickname,
  anchorPem,
  isDevcaName,
  type TrustAction,
  type TrustAnchor,
} from '../trust-anchor.ts';
import type { Before, PlanRequest, StoreFamily, StorePlan, StoreStatus, TrustStore } from '../trust-store.ts';
import { unsupportedStore } from '../unsupported-store.ts';
import {
  databaseError,
  databaseFlags,
  findCertutil,
  hasPassword,
  NSS_TRUST,
  type NssContents,
  type NssDatabase,
  refusalOf,
  searchDatabase,
} from './nss-database.ts';
import { findNssPlaces, type NssPlace, placeAt } from './nss-places.ts';

/**
 * NSS databases: one for each Firefox profile, and one or more that Chromium and its kin share. On Linux these browsers
 * never look into the system's store. Written with NSS's own `certutil`.
 */
export const nssFamily: StoreFamily = {
  kind: 'nss',
  detect: async (session, named) => {
    const { places, unused } = await findNssPlaces(session, named);
    return [
      ...places.map(nssStore),
      ...unused.map(({ program, folder }) =>
        unsupportedStore({
          id: `nss:${folder}`,
          name: 'Firefox',
          detail: 'Firefox has never been started: it has no profile yet',
          fix: `${program} && devca trust install --store nss`,
        }),
      ),
    ];
  },
  at: (path, session) => nssStore(placeAt(path, session)),
};

function nssStore(place: NssPlace): TrustStore {
  const id = `nss:${place.folder}`;
  return {
    id,
    name: place.name,
    status: async (anchor, session) => {
      const refused = refusalBefore(id, place, session);
      if (refused !== undefined) throw refused;
      const database = await openDatabase(id, place, session);
      if (!hasDatabase(place, session)) {
        return { status: 'not-trusted', detail: 'the database is not there yet', fix: installFix(id) };
      }
      return statusIn(await searchDatabase(anchor, database, session), database, session);
    },
    plan: async (request, session) => {
      const present = hasDatabase(place, session);
      if (!present && request.action === 'uninstall') return { steps: [], before: {} };
      const refused = refusalBefore(id, place, session);
      if (refused !== undefined) throw refused;
      const database = await openDatabase(id, place, session);
      if (!present) return planNewDatabase(request.anchor, database);
      const contents = await searchDatabase(request.anchor, database, session);
      const plan =
        request.action === 'uninstall'
          ? planUninstall(request, contents, database)
          : await planInstall(request.anchor, contents, database, session);
      return withObstacle(plan, request.action, database, session);
    },
    explain: (outcome, session) => databaseError(outcome, { id, folder: place.folder }, session),
  };
}

async function statusIn(
  { ours, others }: NssContents,
  database: NssDatabase,
  session: TrustSession,
): Promise<StoreStatus> {
  const fix = installFix(database.id);
  if (ours === undefined) {
    const [other] = others;
    if (other === undefined) return { status: 'not-trusted', detail: 'the root is not in the database', fix };
    return { status: 'different-root', detail: `only "${other.nickname}" is in the database`, fix };
  }
  const refusal = await refusalOf(ours.nickname, database, session);
  if (refusal !== undefined) {
    return { status: 'partial', detail: `"${ours.nickname}" is there, but NSS says: ${refusal}`, fix };
  }
  if (isDevcaName(ours.nickname)) return { status: 'trusted', detail: `as "${ours.nickname}"`, fix: '' };
  return { status: 'trusted', detail: `as "${ours.nickname}", which devca did not add`, fix: '' };
}

/** A new database is left behind by an uninstall: from then on the browser uses it, as one that it made itself. */
function planNewDatabase(anchor: TrustAnchor, database: NssDatabase): StorePlan {
  const { certutil: program, folder, needsRoot } = database;
  return {
    before: { database: 'absent' },
    steps: [
      {
        kind: 'run',
        program: 'install',
        args: ['-d', '-m', '0700', folder],
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
      addStep(anchor, database),
    ],
  };
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
  return { steps: [step], before: { database: 'present', ...before } };
}

/** Trust is signed with the primary password; only taking a certificate away goes without. */
async function withObstacle(
  plan: StorePlan,
  action: TrustAction,
  database: NssDatabase,
  session: TrustSession,
): Promise<StorePlan> {
  const setsTrust = plan.steps.some((step) => step.kind === 'run' && step.args.includes('-t'));
  if (!setsTrust || database.needsRoot || !(await hasPassword(database, session))) return plan;
  const { id: store, folder } = database;
  return { ...plan, obstacle: new DevcaError('DEVCA_TRUST_NSS_PASSWORD', { store, folder, action }) };
}

/** What stood there under another nickname gets its old flags back; what devca added goes; the rest stays. */
function planUninstall({ before }: PlanRequest, { ours }: NssContents, database: NssDatabase): StorePlan {
  const plan = (steps: readonly Step[]): StorePlan => ({ steps, before: before ?? {} });
  if (ours === undefined) return plan([]);
  if (isDevcaName(ours.nickname)) {
    const { certutil: program, needsRoot } = database;
    const args = ['-D', ...databaseFlags(database), '-n', ours.nickname];
    return plan([{ kind: 'run', program, args, needsRoot, why: 'remove the root' }]);
  }
  const trust = before?.['trust'];
  if (before?.['nickname'] !== ours.nickname || trust === undefined || trust === ours.trust) return plan([]);
  return plan([trustStep(ours.nickname, trust, database)]);
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

async function openDatabase(id: string, place: NssPlace, session: TrustSession): Promise<NssDatabase> {
  const certutil = await findCertutil(session);
  if (certutil === undefined) {
    const install = installHint('certutil', session.world);
    throw new DevcaError('DEVCA_TRUST_TOOL_MISSING', { store: id, tool: 'certutil', install });
  }
  return { id, folder: place.folder, certutil, needsRoot: place.needsRoot };
}

/**
 * Another user's database is left alone, also where HOME leads root to it: root would leave files there that the user
 * can't change.
 */
function refusalBefore(id: string, place: NssPlace, session: TrustSession): DevcaError | undefined {
  if (place.error !== undefined || place.needsRoot) return place.error;
  let path = join(place.folder, 'cert9.db');
  let status = session.world.files.statusOfTarget(path);
  while (status === undefined && path !== dirname(path)) {
    path = dirname(path);
    status = session.world.files.statusOfTarget(path);
  }
  const owner = status?.uid;
  if (owner === undefined || session.user.uid === undefined || owner === session.user.uid) return undefined;
  return new DevcaError('DEVCA_TRUST_FOREIGN_OWNER', { store: id, path, owner });
}

const hasDatabase = (place: NssPlace, session: TrustSession): boolean =>
  session.world.files.statusOfTarget(join(place.folder, 'cert9.db')) !== undefined;

const installFix = (id: string): string => `devca trust install --store ${forShell(id)}`;
