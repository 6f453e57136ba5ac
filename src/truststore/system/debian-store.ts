import { join } from 'node:path';
import { DevcaError } from '../../errors/devca-error.ts';
import { sha256Hex } from '../../pki/fingerprint.ts';
import { decodePem } from '../../pki/pem.ts';
import { lastLines } from '../../platform/exec.ts';
import { installHint } from '../package-hint.ts';
import type { TrustSession } from '../session.ts';
import type { Step } from '../step.ts';
import { anchorFileName, anchorPem, isDevcaName, type TrustAnchor } from '../trust-anchor.ts';
import type { PlanRequest, StorePlan, StoreStatus, TrustStore } from '../trust-store.ts';
import { addedByHand, BUNDLE, DEBIAN_ANCHORS, isBundled } from './debian-bundle.ts';
import { planJavaAliasRemoval } from './debian-java.ts';

/** What programs read: one bundle, and the same roots as links named by a hash of their subjects. */
const CERTIFICATES = '/etc/ssl/certs';

const FIX = 'devca trust install --store system';

export const debianStore: TrustStore = {
  id: 'system',
  name: 'system store (ca-certificates)',
  status: async (anchor, session) => {
    updateTool(session);
    const bundled = isBundled(anchor, session);
    const refusals = await Promise.all([
      opensslRefusal(['-CAfile', BUNDLE, '-no-CApath'], anchor, session),
      opensslRefusal(['-CApath', CERTIFICATES, '-no-CAfile'], anchor, session),
    ]);
    return judge(anchor, bundled, refusals, session);
  },
  plan: async (request, session) => {
    const install = request.action === 'install';
    const plan = install ? planInstall(request, session) : await planUninstall(request, session);
    const subjects = plan.steps.length === 0 ? [] : addedByHand(request.anchor, session);
    if (subjects.length === 0) return plan;
    const context = {
      store: 'system',
      action: request.action,
      bundle: BUNDLE,
      folder: DEBIAN_ANCHORS,
      subjects,
    };
    return { ...plan, obstacle: new DevcaError('DEVCA_TRUST_BUNDLE_EDITED', context) };
  },
};

function judge(
  anchor: TrustAnchor,
  bundled: boolean,
  refusals: readonly (string | undefined)[],
  session: TrustSession,
): StoreStatus {
  const refusal = refusals.find((text) => text !== undefined);
  const file = ownFile(anchor, session);
  if (bundled && refusal === undefined) {
    if (file !== undefined) return { status: 'trusted', detail: file, fix: '' };
    const detail = `in ${BUNDLE}, from a file that devca did not write`;
    return { status: 'trusted', detail, fix: '' };
  }
  if (bundled) return { status: 'partial', detail: `in ${BUNDLE}, but openssl says: ${refusal}`, fix: FIX };
  if (file !== undefined) {
    return { status: 'partial', detail: `${file} is there, but not yet in ${BUNDLE}`, fix: FIX };
  }
  const other = anchorNames(session).find((name) => isDevcaName(name));
  if (other !== undefined) {
    const detail = `only another devca root is there: ${join(DEBIAN_ANCHORS, other)}`;
    return { status: 'different-root', detail, fix: FIX };
  }
  return { status: 'not-trusted', detail: `not in ${BUNDLE}`, fix: FIX };
}

function planInstall({ anchor }: PlanRequest, session: TrustSession): StorePlan {
  const path = anchorPath(anchor);
  const text = anchorPem(anchor);
  const present = ownFile(anchor, session) !== undefined;
  const write: Step = { kind: 'write', path, text, mode: 0o644, needsRoot: true, why: 'add the root' };
  return {
    before: { file: session.world.files.status(path) === undefined ? 'absent' : 'present' },
    steps: [...(present ? [] : [write]), update(session, [])],
  };
}

/** `--fresh`, because a plain run leaves links in /etc/ssl/certs that lead nowhere. */
async function planUninstall({ anchor }: PlanRequest, session: TrustSession): Promise<StorePlan> {
  const file = ownFile(anchor, session) ?? begunFile(anchor, session);
  const link = join(CERTIFICATES, `${anchorFileName(anchor)}.pem`);
  const left = file !== undefined || session.world.files.status(link) !== undefined;
  const steps: Step[] = [];
  if (file !== undefined) {
    steps.push({ kind: 'remove', path: file, needsRoot: true, why: 'remove the root' });
  }
  if (left) steps.push(update(session, ['--fresh']));
  steps.push(...(await planJavaAliasRemoval(anchor, session)));
  return { steps, before: {} };
}

function update(session: TrustSession, args: readonly string[]): Step {
  const why = `rebuild ${BUNDLE} and the links beside it`;
  return { kind: 'run', program: updateTool(session), args, needsRoot: true, why };
}

/** Users of Debian don't have /usr/sbin on their PATH. */
function updateTool(session: TrustSession): string {
  const tool = 'update-ca-certificates';
  const { exec } = session.world;
  const path = exec.find(`/usr/sbin/${tool}`) ?? exec.find(tool);
  if (path !== undefined) return path;
  throw new DevcaError('DEVCA_TRUST_TOOL_MISSING', {
    store: 'system',
    tool,
    install: installHint(tool, session.world),
  });
}

const anchorPath = (anchor: TrustAnchor): string => join(DEBIAN_ANCHORS, `${anchorFileName(anchor)}.crt`);

/** devca's file for this root, where it holds this very root and nothing else. */
function ownFile(anchor: TrustAnchor, session: TrustSession): string | undefined {
  const path = anchorPath(anchor);
  const bytes = session.world.files.readIfPresent(path);
  if (bytes === undefined) return undefined;
  try {
    const [block, ...more] = decodePem(Buffer.from(bytes).toString('utf8'), path);
    return more.length === 0 && block !== undefined && sha256Hex(block.der) === anchor.sha256
      ? path
      : undefined;
  } catch {
    return undefined;
  }
}

/** What is left of a file whose writing was killed. */
function begunFile(anchor: TrustAnchor, session: TrustSession): string | undefined {
  const path = anchorPath(anchor);
  const bytes = session.world.files.readIfPresent(path);
  if (bytes === undefined) return undefined;
  return anchorPem(anchor).startsWith(Buffer.from(bytes).toString('utf8')) ? path : undefined;
}

function anchorNames(session: TrustSession): readonly string[] {
  const { files } = session.world;
  if (files.statusOfTarget(DEBIAN_ANCHORS) === undefined) return [];
  return files.list(DEBIAN_ANCHORS).filter((name) => name.endsWith('.crt'));
}

/**
 * What OpenSSL has against the root when it knows nothing but these places; `undefined` where it accepts it, or is not
 * there to be asked.
 */
async function opensslRefusal(
  places: readonly string[],
  anchor: TrustAnchor,
  session: TrustSession,
): Promise<string | undefined> {
  if (session.world.exec.find('openssl') === undefined) return undefined;
  const stdin = anchorPem(anchor);
  const ask = (args: readonly string[]) =>
    session.run({ program: 'openssl', args: ['verify', ...args], stdin, needsRoot: false }, 10_000);
  // OpenSSL 3 also looks into its default store unless it is told not to; before 3 there was none.
  const first = await ask([...places, '-no-CAstore']);
  const outcome = /unknown option|unrecognized/i.test(first.stderr) ? await ask(places) : first;
  if (outcome.status === 0) return undefined;
  const text = outcome.stdout + outcome.stderr;
  return /error \d+ at \d+ depth lookup: ?(.+)/.exec(text)?.[1]?.trim() ?? lastLines(text, 1);
}
