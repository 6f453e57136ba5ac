import { isDevcaError } from '../errors/devca-error.ts';
import { parseCertificate } from '../pki/certificate.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import { formatName } from '../pki/name-text.ts';
import type { World } from '../platform/world.ts';
import { examineStores, type RootRemoval } from '../truststore/trust.ts';
import type { TrustAnchor } from '../truststore/trust-anchor.ts';
import { developmentToolOf, ownUninstall } from './development-tools.ts';

/** A store that trusts a root still, because something other than devca put it there. */
export interface RemainingTrust {
  readonly store: string;
  readonly root: TrustAnchor;
  /** Of the root, as RFC 4514 text: whoever put it there has another name for it than devca. */
  readonly subject: string;
  readonly detail: string;
  /** A command that takes it out, ready to be pasted. */
  readonly fix: string;
}

/** What devca has nothing to take back of, after it has taken back what it had. Changes nothing. */
export async function remainingTrust(
  removals: readonly RootRemoval[],
  world: World,
): Promise<readonly RemainingTrust[]> {
  const rows = removals.flatMap(({ anchor, outcomes }) =>
    outcomes
      .filter(({ error, status }) => error === undefined && (status === 'trusted' || status === 'partial'))
      .map((row) => ({ anchor, row })),
  );
  if (rows.length === 0) return [];
  const entries = (await examineStores(world)).flatMap((store) =>
    store.entries.map(({ certificate, remove }) => {
      return { store: store.id, sha256: sha256Hex(certificate), remove };
    }),
  );
  return rows.map(({ anchor, row: { id: store, detail } }) => {
    const removes = entries
      .filter((entry) => entry.store === store && entry.sha256 === anchor.sha256)
      .map(({ remove }) => remove);
    const byHand = [...new Set(removes)].join(' && ');
    const subject = subjectOf(anchor);
    const fix = toolsOwnWay(subject, anchor, world) ?? (byHand === '' ? 'devca trust status' : byHand);
    return { store, root: anchor, subject, detail, fix };
  });
}

function toolsOwnWay(subject: string, { sha256 }: TrustAnchor, world: World): string | undefined {
  const tool = developmentToolOf(subject);
  return tool === undefined ? undefined : ownUninstall(tool, sha256, world);
}

function subjectOf({ certificate, name }: TrustAnchor): string {
  try {
    return formatName(parseCertificate(certificate).subject);
  } catch (error) {
    if (isDevcaError(error)) return name;
    throw error;
  }
}
