import { join } from 'node:path';
import type { TrustSession } from '../session.ts';
import { isDevcaName, type TrustAnchor } from '../trust-anchor.ts';
import type { StoreStatus } from '../trust-store.ts';
import {
  anchorPath,
  bundleOf,
  detachedName,
  hashedOf,
  holds,
  isExtracted,
  madeBy,
  ownFile,
  textOf,
} from './roots.ts';
import type { SystemLayout } from './system-layout.ts';
import { ACCEPTED, askOpenssl, p11KitAnchors, type Verdict } from './verifiers.ts';

const FIX = 'devca trust install --store system';

/**
 * How a folder of anchors and what was made from it stand. The fingerprint in the bundle alone is not believed where
 * there is somebody to ask: OpenSSL, and p11-kit where the system is built around it.
 */
export async function judge(
  layout: SystemLayout,
  anchor: TrustAnchor,
  session: TrustSession,
): Promise<StoreStatus> {
  const made = madeBy(layout, session);
  const file = ownFile(anchorPath(layout, anchor), anchor, session);
  if (made === undefined || !isExtracted(layout, anchor, session)) {
    return judgeAbsent(layout, anchor, { made, file }, session);
  }
  const verdicts = await askAll(layout, anchor, session);
  const refusal = verdicts.find(({ kind }) => kind === 'refused');
  if (refusal !== undefined) {
    const name = detachedName(layout, session);
    const fix = name === undefined ? FIX : restoreCommand(layout, name, session);
    return { status: 'partial', detail: `in ${made}, but ${refusal.why}`, fix };
  }
  const silent = verdicts.find(({ kind }) => kind === 'not-asked');
  const detail = [
    file ?? `in ${made}, from a file that devca did not write`,
    ...(silent === undefined ? [] : [`judged by its bytes in ${made}: ${silent.why}`]),
    ...(layout.caveat === undefined ? [] : [layout.caveat]),
  ].join('; ');
  return { status: 'trusted', detail, fix: '' };
}

/** The command that makes a name lead to the bundle again; CentOS 6 has one of its own, and no os-release. */
export function restoreCommand(layout: SystemLayout, name: string, session: TrustSession): string {
  const isOld = /release 6/.test(textOf('/etc/redhat-release', session));
  return isOld ? `sudo ${layout.tool} force-enable` : `sudo ln -sf ${layout.bundle} ${name}`;
}

/** The root is not where programs read it. */
async function judgeAbsent(
  layout: SystemLayout,
  anchor: TrustAnchor,
  { made, file }: { made: string | undefined; file: string | undefined },
  session: TrustSession,
): Promise<StoreStatus> {
  const place = made ?? layout.bundle;
  if (file !== undefined) {
    const known = layout.source === 'p11-kit' ? await p11KitAnchors(session) : undefined;
    const others =
      known !== undefined && holds(known, anchor)
        ? ' (what asks p11-kit, as GnuTLS does, trusts it already)'
        : '';
    return { status: 'partial', detail: `${file} is there, but not yet in ${place}${others}`, fix: FIX };
  }
  const { files } = session.world;
  const path = anchorPath(layout, anchor);
  if (files.status(path) !== undefined) {
    const detail = `${path} does not hold the root any more: somebody changed it`;
    return { status: 'not-trusted', detail, fix: FIX };
  }
  const other = anchorNames(layout, session).find((name) => isDevcaName(name));
  if (other !== undefined) {
    const detail = `only another devca root is there: ${join(layout.anchors, other)}`;
    return { status: 'different-root', detail, fix: FIX };
  }
  if (made === undefined) return { status: 'not-trusted', detail: `${place} is not there`, fix: FIX };
  const isEmpty = files.statusOfTarget(made)?.size === 0;
  return { status: 'not-trusted', detail: isEmpty ? `${made} is empty` : `not in ${made}`, fix: FIX };
}

/** Everybody who reads what the tool has made. */
async function askAll(
  layout: SystemLayout,
  anchor: TrustAnchor,
  session: TrustSession,
): Promise<readonly Verdict[]> {
  const bundle = bundleOf(layout, session);
  const detached = detachedName(layout, session);
  const folder = hashedOf(layout, session);
  const asked = [
    ...(detached === undefined ? [] : [readDetached(detached, anchor, session)]),
    ...(bundle === undefined ? [] : [askOpenssl({ bundle }, anchor, session)]),
    ...(folder === undefined ? [] : [askOpenssl({ folder }, anchor, session)]),
    ...(layout.source === 'p11-kit' ? [askP11Kit(anchor, session)] : []),
  ];
  return (await Promise.all(asked)).filter((verdict) => verdict !== undefined);
}

async function readDetached(name: string, anchor: TrustAnchor, session: TrustSession): Promise<Verdict> {
  if (holds(textOf(name, session), anchor)) return ACCEPTED;
  return { kind: 'refused', why: `${name} is a file of its own, without it` };
}

async function askP11Kit(anchor: TrustAnchor, session: TrustSession): Promise<Verdict | undefined> {
  const known = await p11KitAnchors(session);
  if (known === undefined) return undefined;
  if (holds(known, anchor)) return ACCEPTED;
  return { kind: 'refused', why: 'p11-kit does not have it among its anchors' };
}

function anchorNames({ anchors, extension }: SystemLayout, session: TrustSession): readonly string[] {
  const { files } = session.world;
  if (files.statusOfTarget(anchors) === undefined) return [];
  return files.list(anchors).filter((name) => name.endsWith(extension));
}
