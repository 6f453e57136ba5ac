import { dirname, join } from 'node:path';
import { DevcaError, isDevcaError } from '../../errors/devca-error.ts';
import type { TrustSession } from '../session.ts';
import type { TrustAnchor } from '../trust-anchor.ts';
import type { StoreFamily, StoreStatus, TrustStore } from '../trust-store.ts';
import { unsupportedStore } from '../unsupported-store.ts';
import { databaseError, findCertutil, type NssDatabase } from './certutil.ts';
import { DATABASE_FILES, withoutMadeDatabase } from './made-database.ts';
import { glanceAt, searchDatabase } from './nss-database.ts';
import { examineDatabase } from './nss-examination.ts';
import { hasDatabase, type NssPlace } from './nss-place.ts';
import { findNssPlaces, placeAt } from './nss-places.ts';
import { planDatabase, planNewDatabase } from './nss-plan.ts';
import { databaseStatus, installFix } from './nss-status.ts';
import { policyFor } from './policy-cover.ts';
import { runningBrowser } from './running-browser.ts';

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
      ...unused.map(({ name, program, folder }) =>
        unsupportedStore({
          id: `nss:${folder}`,
          name,
          detail: `${name} has never been started: it has no database yet`,
          fix: `${program} && devca trust install --store nss`,
        }),
      ),
    ];
  },
  at: (path, session) => nssStore(placeAt(path, session)),
};

function nssStore(place: NssPlace): TrustStore {
  const { folder, name, leftAlone } = place;
  const id = `nss:${folder}`;
  return {
    id,
    name,
    independent: !place.needsRoot,
    status: async (anchor, session) => {
      if (leftAlone !== undefined) return leftAlone;
      checkPlace(id, place, session);
      return withReaders(place, await statusWithPolicy(anchor, place, session));
    },
    plan: async (request, session) => {
      const present = hasDatabase(place, session);
      if (leftAlone?.status === 'unsupported' || (!present && request.action === 'uninstall')) {
        return { steps: [], before: {} };
      }
      if (leftAlone !== undefined) {
        if (request.action === 'uninstall') return { steps: [], before: {} };
        throw new DevcaError('DEVCA_TRUST_NSS_SYSTEM_ROOTS_OFF', { folder, fix: leftAlone.fix });
      }
      checkPlace(id, place, session);
      const database = await openDatabase(id, place, session);
      if (!present) return planNewDatabase(request.anchor, database, session);
      const contents =
        glanceAt(request.anchor, database, session) ??
        (await searchDatabase(request.anchor, database, session));
      const plan = await planDatabase(request, contents, database, session);
      return request.action === 'install' ? plan : withoutMadeDatabase(plan, request, database, session);
    },
    examine: async (session) => {
      if (leftAlone !== undefined || !hasDatabase(place, session)) return { entries: [], faults: [] };
      checkPlace(id, place, session);
      return examineDatabase(await openDatabase(id, place, session), session);
    },
    explain: (outcome, session) => databaseError(outcome, { id, folder }, runningBrowser(place, session)),
    afterChange: (_action, session) => {
      const browser = runningBrowser(place, session);
      return browser === undefined ? '' : `the browser that is running (${browser}) sees it once restarted`;
    },
  };
}

/** Programs that share a database are not to be told from its path. */
const withReaders = ({ profile, name }: NssPlace, status: StoreStatus): StoreStatus =>
  profile ? status : { ...status, detail: `${name}: ${status.detail}` };

async function statusWithPolicy(
  anchor: TrustAnchor,
  place: NssPlace,
  session: TrustSession,
): Promise<StoreStatus> {
  const policy = policyFor(anchor, place, session);
  try {
    const database = await openDatabase(`nss:${place.folder}`, place, session);
    const status = await statusOf(anchor, database, place, session);
    if (policy === undefined || status.status === 'trusted') return status;
    return { ...status, detail: `${status.detail}; ${policy} brings it at the next start` };
  } catch (error) {
    if (policy === undefined || !lacksTool(error)) throw error;
    return { status: 'trusted', detail: `by ${policy}, from the next start of the browser`, fix: '' };
  }
}

async function statusOf(
  anchor: TrustAnchor,
  database: NssDatabase,
  place: NssPlace,
  session: TrustSession,
): Promise<StoreStatus> {
  if (!hasDatabase(place, session)) {
    const detail = 'the database is not there yet';
    return { status: 'not-trusted', detail, fix: installFix(database.id) };
  }
  const glance = glanceAt(anchor, database, session);
  if (glance?.ours !== undefined) {
    const status = await databaseStatus(glance, database, session);
    if (status.status === 'trusted') return status;
  }
  return databaseStatus(await searchDatabase(anchor, database, session), database, session);
}

const lacksTool = (error: unknown): boolean =>
  isDevcaError(error, 'DEVCA_TRUST_TOOL_MISSING') || isDevcaError(error, 'DEVCA_TRUST_TOOL_BROKEN');

async function openDatabase(id: string, place: NssPlace, session: TrustSession): Promise<NssDatabase> {
  const { folder, needsRoot, profile } = place;
  return { id, folder, needsRoot, profile, certutil: await findCertutil(id, session) };
}

/** Throws what keeps devca from a place. */
function checkPlace(id: string, place: NssPlace, session: TrustSession): void {
  if (place.error !== undefined) throw place.error;
  for (const name of DATABASE_FILES) checkKind(join(place.folder, name), session);
  if (!place.needsRoot) checkOwner(id, place, session);
}

/** NSS would wait for a pipe, and every row for it. */
function checkKind(path: string, { world }: TrustSession): void {
  const kind = world.files.statusOfTarget(path)?.kind ?? 'file';
  if (kind !== 'file') throw new DevcaError('DEVCA_FILE_NOT_A_FILE', { path, kind });
}

/**
 * Another user's database is left alone, also where HOME leads root to it: root would leave files there that the user
 * can't change.
 */
function checkOwner(id: string, place: NssPlace, { world: { files, system } }: TrustSession): void {
  let path = join(place.folder, 'cert9.db');
  let status = files.statusOfTarget(path);
  while (status === undefined && path !== dirname(path)) {
    path = dirname(path);
    status = files.statusOfTarget(path);
  }
  const owner = status?.uid;
  if (owner === undefined || system.uid === undefined || owner === system.uid) return;
  throw new DevcaError('DEVCA_TRUST_FOREIGN_OWNER', { store: id, path, owner });
}
