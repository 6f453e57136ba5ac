import { hash } from 'node:crypto';
import { DevcaError } from '../../errors/devca-error.ts';
import type { ExecOutcome } from '../../platform/exec.ts';
import { stagedFile, stagingSteps, unstageStep } from '../anchor-file.ts';
import type { FoundRoots } from '../found-roots.ts';
import { commandError, type TrustSession } from '../session.ts';
import type { Step } from '../step.ts';
import type { StoreEntry, StoreExamination } from '../store-examination.ts';
import type { TrustAction, TrustAnchor } from '../trust-anchor.ts';
import type { StorePlan, StoreStatus, TrustStore } from '../trust-store.ts';
import { onlyByName } from '../unsupported-store.ts';
import { refusalOf, rootsIn, searchRootStore } from './windows-roots.ts';
import type { WindowsTools } from './windows-tools.ts';

/** A ROOT store of Windows, seen from Windows or from a Linux inside of it. */
export interface RootStore {
  readonly id: string;
  readonly name: string;
  readonly scope: 'user' | 'machine';
  /** It is enough that this user trusts the root, wherever that comes from. */
  readonly isOptional: boolean;
  tools(session: TrustSession): Promise<WindowsTools>;
}

export function windowsRootStore(store: RootStore): TrustStore {
  const { id, name, scope, isOptional } = store;
  return {
    id,
    name,
    status: async (anchor, session) => {
      const tools = await store.tools(session);
      const contents = await searchRootStore(anchor, scope, tools);
      const asked = isOptional ? 'user' : scope;
      const status = judge(store, contents, await refusalOf(anchor, asked, tools, session));
      return isOptional && status.status === 'not-trusted' ? onlyByName(id) : status;
    },
    plan: async ({ anchor, action }, session) => {
      const tools = await store.tools(session);
      const { hasAnchor } = await searchRootStore(anchor, scope, tools);
      if (action === 'uninstall') return planUninstall(anchor, hasAnchor, store, tools, session);
      if (isOptional && !hasAnchor) return { steps: [], before: {} };
      return planInstall(anchor, store, tools, session);
    },
    examine: (session) => examineRoots(store, session),
    explain: (outcome) => certutilError(outcome, id),
  };
}

/** What tools that make roots for development are called: among the computer's roots are those of Microsoft too. */
const DEVELOPMENT = /devca|mkcert|caddy|step|smallstep|devcert|development|localhost/i;

/** A user has no roots but what a person or a tool has added. */
async function examineRoots(store: RootStore, session: TrustSession): Promise<StoreExamination> {
  const tools = await store.tools(session);
  const isAdded = (der: Uint8Array): boolean =>
    store.scope === 'user' || DEVELOPMENT.test(Buffer.from(der).toString('latin1'));
  const entries = (await rootsIn(store.scope, tools)).filter(isAdded).map((certificate): StoreEntry => {
    const thumbprint = hash('sha1', certificate);
    const words = [...scopeFlags(store), '-delstore', 'Root', thumbprint];
    return { certificate, place: thumbprint, remove: [tools.certutil, ...words].join(' ') };
  });
  return { entries, faults: [] };
}

const scopeFlags = ({ scope }: RootStore): readonly string[] => (scope === 'user' ? ['-user'] : []);

function judge(
  { id, name }: RootStore,
  { hasAnchor, others }: FoundRoots,
  refusal: string | undefined,
): StoreStatus {
  const fix = `devca trust install --store ${id}`;
  if (refusal === undefined) {
    const detail = hasAnchor ? `in the ${name}` : `not in the ${name}, but trusted from elsewhere`;
    return { status: 'trusted', detail, fix: '' };
  }
  if (hasAnchor) return { status: 'partial', detail: `in the ${name}, but Windows says: ${refusal}`, fix };
  const [other] = others;
  if (other === undefined) return { status: 'not-trusted', detail: `not in the ${name}`, fix };
  return { status: 'different-root', detail: `only "${other}" is in the ${name}`, fix };
}

async function planInstall(
  anchor: TrustAnchor,
  store: RootStore,
  tools: WindowsTools,
  session: TrustSession,
): Promise<StorePlan> {
  const file = stagedFile(anchor, session);
  const asks = store.scope === 'user' ? ': Windows asks in a window' : '';
  const steps = [
    ...stagingSteps(anchor, session),
    certutil(store, tools, ['-addstore', 'Root', await tools.windowsPath(file)], `add the root${asks}`),
    unstageStep(file, false),
  ];
  return withObstacle(steps, 'install', store, tools);
}

/**
 * The very certificate was looked for by its SHA-256 fingerprint; certutil finds it by SHA-1, which Windows calls the
 * thumbprint and by which no two certificates of a store can be the same.
 */
async function planUninstall(
  anchor: TrustAnchor,
  hasAnchor: boolean,
  store: RootStore,
  tools: WindowsTools,
  session: TrustSession,
): Promise<StorePlan> {
  const thumbprint = hash('sha1', anchor.certificate);
  const asks = store.scope === 'user' ? ': Windows asks in a window' : '';
  const file = stagedFile(anchor, session);
  const isLeft = session.world.files.status(file) !== undefined;
  const steps = [
    ...(hasAnchor
      ? [certutil(store, tools, ['-delstore', 'Root', thumbprint], `remove the root${asks}`)]
      : []),
    ...(isLeft ? [unstageStep(file, false)] : []),
  ];
  return withObstacle(steps, 'uninstall', store, tools);
}

function certutil(store: RootStore, tools: WindowsTools, words: readonly string[], why: string): Step {
  const args = [...scopeFlags(store), ...words];
  return { kind: 'run', program: tools.certutil, args, needsRoot: store.scope === 'machine', why };
}

/** Nothing on Windows asks for an administrator's password in a terminal: devca has it from its start, or not at all. */
async function withObstacle(
  steps: readonly Step[],
  action: TrustAction,
  { id, scope }: RootStore,
  tools: WindowsTools,
): Promise<StorePlan> {
  const plan = { steps, before: {} };
  if (scope === 'user' || steps.length === 0 || (await tools.isElevated())) return plan;
  return { ...plan, obstacle: new DevcaError('DEVCA_TRUST_NEEDS_ADMINISTRATOR', { store: id, action }) };
}

/** ERROR_CANCELLED as certutil ends with it, as a plain error, and as what Linux sees of both. */
const CANCELLED = new Set([0x800704c7, 0x800704c7 - 2 ** 32, 1223, 0xc7]);
/** ERROR_ACCESS_DENIED, the same way. */
const DENIED = new Set([0x80070005, 0x80070005 - 2 ** 32, 5]);

function certutilError(outcome: ExecOutcome, store: string): DevcaError {
  const action = outcome.args.includes('-addstore') ? 'install' : 'uninstall';
  const status = outcome.status ?? 0;
  if (!outcome.args.some((word) => word === '-addstore' || word === '-delstore'))
    return commandError(outcome, store);
  if (outcome.timedOut) return new DevcaError('DEVCA_TRUST_DIALOG_UNANSWERED', { store, action });
  if (CANCELLED.has(status)) return new DevcaError('DEVCA_TRUST_DIALOG_CANCELLED', { store, action });
  if (DENIED.has(status)) return new DevcaError('DEVCA_TRUST_NEEDS_ADMINISTRATOR', { store, action });
  // Windows' own programs write what went wrong to standard output.
  return commandError({ ...outcome, stderr: outcome.stderr || outcome.stdout }, store);
}
