import { DevcaError } from '../../errors/devca-error.ts';
import { forShell } from '../../platform/escape.ts';
import { userHome } from '../../platform/paths.ts';
import { stagedFile, stagingSteps, unstageStep } from '../anchor-file.ts';
import { type FoundRoots, findRoots } from '../found-roots.ts';
import { commandError, type TrustSession } from '../session.ts';
import type { Step } from '../step.ts';
import type { TrustAnchor } from '../trust-anchor.ts';
import type { StoreFamily, StorePlan, StoreStatus, TrustStore } from '../trust-store.ts';
import { unsupportedStore } from '../unsupported-store.ts';
import { listSimulators, type Simulator, simulatorById, XCRUN } from './simulator-list.ts';

/** Part of every macOS. */
const SQLITE = '/usr/bin/sqlite3';

/** Where a simulated system keeps the roots that were added; before iOS 14.5 it was the second. */
const DATABASES = [
  'private/var/protected/trustd/private/TrustStore.sqlite3',
  'Library/Keychains/TrustStore.sqlite3',
];

/** Simulators of Xcode that run; unless they are named, those that don't are left alone: a Mac has dozens of them. */
export const iosSimulatorFamily: StoreFamily = {
  kind: 'ios-simulator',
  detect: async (session, named) => {
    const { platform } = session.world.system;
    if (platform !== 'darwin') return named ? [rowWithout('only macOS has them')] : [];
    const devices = `${userHome(session.world.system)}/Library/Developer/CoreSimulator/Devices`;
    if (!named && session.world.files.statusOfTarget(devices) === undefined) return [];
    const simulators = await listSimulators(session);
    const wanted = simulators.filter(({ isBooted }) => named || isBooted);
    if (wanted.length > 0) return wanted.map(simulatorStore);
    return simulators.length === 0 && !named ? [] : [rowWithout('none of them is running')];
  },
  named: (udid, session) =>
    /^[0-9A-F-]{36}$/i.test(udid) ? simulatorStore(simulatorById(udid.toUpperCase(), session)) : undefined,
};

const rowWithout = (detail: string): TrustStore =>
  unsupportedStore({ id: 'ios-simulator', name: 'iOS simulators', detail, fix: '' });

function simulatorStore(simulator: Simulator): TrustStore {
  const id = `ios-simulator:${simulator.udid}`;
  return {
    id,
    name: simulator.name,
    status: async (anchor, session) => {
      const database = databaseOf(simulator, session);
      return judge(id, await searchDatabase(anchor, id, database, session));
    },
    plan: async ({ anchor, action }, session) => {
      const database = databaseOf(simulator, session);
      const { hasAnchor } = await searchDatabase(anchor, id, database, session);
      if (action === 'install') return planInstall(anchor, id, simulator, session);
      return planUninstall(anchor, hasAnchor ? database : undefined, session);
    },
    afterChange: (action) =>
      action === 'install' ? '' : 'apps that are running there trust the root until they are started again',
    examine: async (session) => {
      const database = databaseOf(simulator, session);
      if (database === undefined) return { entries: [], faults: [] };
      const certificates = await rootsIn(id, database, session);
      const entries = certificates.map((certificate) => {
        const remove = [SQLITE, database, deletion(certificate)].map(forShell).join(' ');
        return { certificate, place: simulator.name, remove };
      });
      return { entries, faults: [] };
    },
  };
}

function judge(id: string, { hasAnchor, others }: FoundRoots): StoreStatus {
  const fix = `devca trust install --store ${id}`;
  if (hasAnchor) return { status: 'trusted', detail: 'among the roots that were added', fix: '' };
  const [other] = others;
  if (other === undefined)
    return { status: 'not-trusted', detail: 'not among the roots that were added', fix };
  return { status: 'different-root', detail: `only "${other}" was added`, fix };
}

function planInstall(
  anchor: TrustAnchor,
  id: string,
  { udid, isBooted }: Simulator,
  session: TrustSession,
): StorePlan {
  const file = stagedFile(anchor, session);
  const add: Step = {
    kind: 'run',
    program: XCRUN,
    args: ['simctl', 'keychain', udid, 'add-root-cert', file],
    needsRoot: false,
    why: 'add the root',
  };
  const plan = { before: {}, steps: [...stagingSteps(anchor, session), add, unstageStep(file, false)] };
  if (isBooted) return plan;
  const fix = `run "xcrun simctl boot ${forShell(udid)}", then the same command again`;
  const context = { store: id, detail: 'the simulator is not running', fix };
  return { ...plan, obstacle: new DevcaError('DEVCA_TRUST_DEVICE_UNREADY', context) };
}

/** simctl can add a root and forget all of them, but not one: the very row is taken out of the database. */
function planUninstall(anchor: TrustAnchor, database: string | undefined, session: TrustSession): StorePlan {
  const file = stagedFile(anchor, session);
  const steps: Step[] = [];
  if (database !== undefined) {
    steps.push({
      kind: 'run',
      program: SQLITE,
      args: [database, deletion(anchor.certificate)],
      needsRoot: false,
      why: 'remove the root',
    });
  }
  if (session.world.files.status(file) !== undefined) steps.push(unstageStep(file, false));
  return { before: {}, steps };
}

const deletion = (certificate: Uint8Array): string =>
  `DELETE FROM tsettings WHERE hex(data) = '${Buffer.from(certificate).toString('hex').toUpperCase()}'`;

function databaseOf({ dataFolder }: Simulator, session: TrustSession): string | undefined {
  return DATABASES.map((path) => `${dataFolder}/${path}`).find(
    (path) => session.world.files.statusOfTarget(path) !== undefined,
  );
}

/** Simulators have no verifier that could be asked from outside; the database is what theirs reads. */
async function searchDatabase(
  anchor: TrustAnchor,
  store: string,
  database: string | undefined,
  session: TrustSession,
): Promise<FoundRoots> {
  return findRoots(database === undefined ? [] : await rootsIn(store, database, session), anchor);
}

async function rootsIn(
  store: string,
  database: string,
  session: TrustSession,
): Promise<readonly Uint8Array[]> {
  if (session.world.exec.find(SQLITE) === undefined) {
    throw new DevcaError('DEVCA_TRUST_TOOL_MISSING', { store, tool: SQLITE, install: undefined });
  }
  const args = ['-readonly', database, 'SELECT hex(data) FROM tsettings'];
  const outcome = await session.run({ program: SQLITE, args, needsRoot: false }, 10_000);
  if (outcome.status !== 0) throw commandError(outcome, store);
  const rows = outcome.stdout.split(/\r?\n/).filter((line) => /^([0-9A-F]{2})+$/i.test(line));
  return rows.map((row) => Buffer.from(row, 'hex'));
}
