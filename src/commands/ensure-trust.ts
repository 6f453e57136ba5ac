import { placeWords } from '../authority/place-flags.ts';
import type { CommandContext, Flags } from '../cli/command.ts';
import { confirm } from '../cli/prompt.ts';
import { Interruption } from '../platform/interruption.ts';
import { installTrust, trustStatus } from '../truststore/trust.ts';
import type { TrustAnchor } from '../truststore/trust-anchor.ts';
import { type AnchoredRow, formatStoresWithFixes, statusOfStores, withRoot } from './trust-table.ts';

/** The flags of every command that ends in `ensureTrust`. */
export const TRUST_FLAGS = {
  stores: {
    type: 'string',
    value: 'STORE,...',
    describe: 'only these stores or kinds of store, such as system,nss',
  },
  'no-trust': { type: 'boolean', describe: 'leave every trust store alone' },
  yes: { type: 'boolean', alias: 'y', describe: 'install trust without asking' },
} as const satisfies Flags;

export interface TrustWish {
  /** As the flag has them, by comma. */
  readonly stores: string | undefined;
  /** Installs without asking. */
  readonly yes: boolean;
  readonly home: string;
  /** Named in the command that is printed, where it is not the default authority. */
  readonly authority?: string | undefined;
}

export interface TrustOutcome {
  readonly rows: readonly AnchoredRow[];
  readonly status: 0 | 5;
}

/** Installs trust where it is missing, after a yes; without one, says which command would do it. */
export async function ensureTrust(
  anchors: readonly TrustAnchor[],
  { stores: words, yes, home, authority }: TrustWish,
  { world, output }: CommandContext,
): Promise<TrustOutcome> {
  const stores = words?.split(',').map((store) => store.trim());
  const before: AnchoredRow[] = [];
  for (const anchor of anchors)
    before.push(...(await trustStatus(anchor, { stores }, world)).map(withRoot(anchor)));
  const what = anchors.length === 1 ? 'the root' : 'the roots';
  if (statusOfStores(before) === 0) {
    if (before.some(({ status }) => status === 'trusted'))
      output.note(`every store of this machine trusts ${what}`);
    return { rows: before, status: 0 };
  }
  const command = `devca trust install${placeWords({ home, authority }, world)}`;
  const tell = (outcome: string): void =>
    output.note(`${outcome}; to trust ${what} on this machine, run "${command}"`);
  if (!yes) {
    const wanting = before.filter(({ status }) => status !== 'trusted' && status !== 'unsupported');
    const ids = [...new Set(wanting.map(({ id }) => id))];
    const question = `Trust ${anchors.length === 1 ? 'this root' : 'these roots'} in ${ids.join(', ')}?`;
    const isAsked = world.terminal.canAsk && !output.json;
    const stopped = () => tell('stopped: the authority is kept, and trust was left as it is');
    if (!isAsked || !(await sayIfStopped(() => confirm(question, world), stopped))) {
      tell('trust was left as it is');
      return { rows: before, status: 0 };
    }
  }
  const installed: AnchoredRow[] = [];
  let failed = false;
  for (const anchor of anchors) {
    const outcomes = await sayIfStopped(
      () => installTrust(anchor, { stores }, world),
      () => tell('stopped: the authority is kept, and some stores may trust it by now'),
    );
    failed ||= outcomes.some(({ error }) => error !== undefined);
    installed.push(...outcomes.map(withRoot(anchor)));
  }
  if (!output.json && !output.quiet) output.raw(`\n${formatStoresWithFixes(installed, output)}\n`);
  return { rows: installed, status: failed ? 5 : 0 };
}

/** Somebody who stops devca amid its questions may think that all of it is undone. */
async function sayIfStopped<T>(work: () => Promise<T>, say: () => void): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Interruption) say();
    throw error;
  }
}
