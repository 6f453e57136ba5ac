import { sha256Hex } from '../../pki/fingerprint.ts';
import { forShell } from '../../platform/escape.ts';
import { stagedFile, stageStep, stagingSteps, unstageStep } from '../anchor-file.ts';
import type { FoundRoots } from '../found-roots.ts';
import type { TrustSession } from '../session.ts';
import type { Step } from '../step.ts';
import type { StoreEntry, StoreExamination } from '../store-examination.ts';
import { anchorFileName, type TrustAnchor } from '../trust-anchor.ts';
import type { PlanRequest, StorePlan, StoreStatus, TrustStore } from '../trust-store.ts';
import { onlyByName } from '../unsupported-store.ts';
import {
  certificatesIn,
  POLICIES,
  refusalsOf,
  SECURITY,
  searchKeychain,
  securityError,
  type TrustDomain,
  trustSettings,
} from './security-tool.ts';

export interface Keychain {
  readonly id: string;
  readonly name: string;
  readonly domain: TrustDomain;
  path(session: TrustSession): Promise<string>;
}

/** `isOptional`: it is enough that this user trusts the root, wherever that comes from. */
export function keychainStore(keychain: Keychain, { isOptional }: { isOptional: boolean }): TrustStore {
  const { id, name, domain } = keychain;
  return {
    id,
    name,
    status: async (anchor, session) => {
      const path = await keychain.path(session);
      const contents = await searchKeychain(anchor, path, id, session);
      const refusals = await refusalsOf(anchor, id, session);
      if (domain === 'user' || isOptional) {
        const status = judge(id, path, contents, refusals);
        return isOptional && status.status === 'not-trusted' ? onlyByName(id) : status;
      }
      return judge(id, path, contents, await adminRefusals(anchor, contents, refusals, id, session));
    },
    plan: async (request, session) => {
      const path = await keychain.path(session);
      const contents = await searchKeychain(request.anchor, path, id, session);
      if (request.action === 'uninstall') return planUninstall(request, keychain, path, contents, session);
      if (isOptional && !contents.hasAnchor) return { steps: [], before: {} };
      return planInstall(request.anchor, keychain, path, session);
    },
    examine: (session) => examineKeychain(keychain, session),
    explain: (outcome) => securityError(outcome, id),
  };
}

/** What a person or a tool has set trust for: most of what lies in a keychain is of no weight. */
async function examineKeychain(keychain: Keychain, session: TrustSession): Promise<StoreExamination> {
  const { id, domain } = keychain;
  const path = await keychain.path(session);
  const settings = await trustSettings(domain, id, session);
  const trusted = (await certificatesIn(path, id, session)).filter((der) => settings.has(der));
  const prefix = domain === 'admin' ? ['sudo'] : [];
  const entries = trusted.map((certificate): StoreEntry => {
    const fingerprint = sha256Hex(certificate).toUpperCase();
    const words = [...prefix, 'security', 'delete-certificate', '-Z', fingerprint, '-t', forShell(path)];
    return { certificate, place: path, remove: words.join(' ') };
  });
  return { entries, faults: [] };
}

/** For other users it counts only what all of them trust. */
async function adminRefusals(
  anchor: TrustAnchor,
  { hasAnchor }: FoundRoots,
  refusals: readonly (string | undefined)[],
  id: string,
  session: TrustSession,
): Promise<readonly (string | undefined)[]> {
  if (hasAnchor && (await trustSettings('admin', id, session)).has(anchor.certificate)) return refusals;
  return refusals.map((refusal) => refusal ?? 'only this user trusts it');
}

function judge(
  id: string,
  path: string,
  { hasAnchor, others }: FoundRoots,
  refusals: readonly (string | undefined)[],
): StoreStatus {
  const fix = `devca trust install --store ${id}`;
  const refused = POLICIES.filter((_, index) => refusals[index] !== undefined);
  const refusal = refusals.find((text) => text !== undefined);
  if (refusal === undefined) {
    const detail = hasAnchor ? path : `not in ${path}, but this user trusts it from elsewhere`;
    return { status: 'trusted', detail, fix: '' };
  }
  if (refused.length < POLICIES.length) {
    return { status: 'partial', detail: `refused for the policy ${refused.join()}: ${refusal}`, fix };
  }
  if (hasAnchor) return { status: 'partial', detail: `in ${path}, but macOS says: ${refusal}`, fix };
  const [other] = others;
  if (other === undefined) return { status: 'not-trusted', detail: `not in ${path}: ${refusal}`, fix };
  return { status: 'different-root', detail: `only "${other}" is in ${path}`, fix };
}

/** macOS shows a window for it; the trust is limited to TLS, so that the root can't sign programs or mail. */
function planInstall(
  anchor: TrustAnchor,
  keychain: Keychain,
  path: string,
  session: TrustSession,
): StorePlan {
  const needsRoot = keychain.domain === 'admin';
  const domain = needsRoot ? ['-d'] : [];
  const policies = POLICIES.flatMap((policy) => ['-p', policy]);
  return {
    before: {},
    steps: withFile(anchor, keychain, session, (file) => ({
      kind: 'run',
      program: SECURITY,
      args: ['add-trusted-cert', ...domain, '-r', 'trustRoot', ...policies, '-k', path, file],
      needsRoot,
      why: 'add the root and trust it for TLS: macOS asks in a window',
    })),
  };
}

async function planUninstall(
  { anchor }: PlanRequest,
  keychain: Keychain,
  path: string,
  { hasAnchor }: FoundRoots,
  session: TrustSession,
): Promise<StorePlan> {
  const { id, domain } = keychain;
  const needsRoot = domain === 'admin';
  const hasSettings = (await trustSettings(domain, id, session)).has(anchor.certificate);
  // The tool takes the user's settings away together with the certificate, but never the administrator's.
  const together = hasSettings && hasAnchor && domain === 'user';
  const steps: Step[] = [];
  if (hasSettings && !together) {
    const flags = domain === 'admin' ? ['-d'] : [];
    steps.push(
      ...withFile(anchor, keychain, session, (file) => ({
        kind: 'run',
        program: SECURITY,
        args: ['remove-trusted-cert', ...flags, file],
        needsRoot,
        why: 'take the trust away: macOS asks in a window',
      })),
    );
  }
  if (hasAnchor) {
    const args = ['delete-certificate', '-Z', anchor.sha256.toUpperCase(), ...(together ? ['-t'] : []), path];
    steps.push({ kind: 'run', program: SECURITY, args, needsRoot, why: 'remove the root' });
  }
  if (steps.length > 0 && !steps.includes(SETTLE)) steps.push(SETTLE);
  const file = fileOf(anchor, keychain, session);
  if (!hasSettings && session.world.files.status(file) !== undefined) {
    steps.push(unstageStep(file, needsRoot));
  }
  return { steps, before: {} };
}

/** The service that answers for trust hears of a change a moment later. */
const SETTLE: Step = {
  kind: 'run',
  program: '/bin/sleep',
  args: ['3'],
  needsRoot: false,
  why: 'let macOS take notice',
};

function withFile(
  anchor: TrustAnchor,
  keychain: Keychain,
  session: TrustSession,
  use: (file: string) => Step,
): readonly Step[] {
  const file = fileOf(anchor, keychain, session);
  const needsRoot = keychain.domain === 'admin';
  const staging = needsRoot ? [stageStep(anchor, file, needsRoot)] : stagingSteps(anchor, session);
  return [...staging, use(file), unstageStep(file, needsRoot), SETTLE];
}

/** What root reads lies where nobody else can put something in its place. */
export const STAGED_FOR_ROOT = '/Library/Application Support';

const fileOf = (anchor: TrustAnchor, { domain }: Keychain, session: TrustSession): string =>
  domain === 'admin' ? `${STAGED_FOR_ROOT}/${anchorFileName(anchor)}.pem` : stagedFile(anchor, session);
