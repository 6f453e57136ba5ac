import type { ExecOutcome } from '../../platform/exec.ts';
import type { World } from '../../platform/world.ts';

/** Where the throwaway server is, and what it says to whoever accepts its certificate. */
export interface FetchTarget {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** 40 hexadecimal digits, so that git takes it for a revision. */
  readonly token: string;
}

/** What a client has to work with besides its target. */
export interface FetchContext {
  /** The absolute path of the client's program. */
  readonly program: string;
  /** The user's own environment, which decides what the client trusts. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeLimitMs: number;
  /** A folder for this attempt alone. */
  readonly scratch: string;
  /** Aborted when the server knows what the client thinks and the client does not end by itself. */
  readonly signal: AbortSignal;
}

export type ClientRun = Pick<ExecOutcome, 'status' | 'stdout' | 'stderr' | 'timedOut'>;

/** What decides whom a client trusts where no variable does. */
export type ClientStore =
  /** What the system's own programs read. */
  | 'system'
  /** Roots that come with it. */
  | 'own'
  | 'java'
  | 'nss';

/** A program of somebody else that fetches pages, as developers have it. */
export interface TrustClient {
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** Names on the PATH, the first that is there counts; and absolute paths, in which `*` stands for one part and `~` for the home. */
  readonly programs: readonly string[];
  /** Further installations, each of which gets its row. */
  readonly further?: readonly string[];
  readonly store: ClientStore;
  /** For people, where more is known of the store than its kind. */
  readonly decides?: string;
  /** Variables that stand above the store, the first that is set decides; with a pattern, only such values. */
  readonly variables: readonly (readonly [name: string, pattern?: RegExp])[];
  /** A command that gives it the store in which trust can then be installed. */
  readonly makesStore?: string;
  /** How to find out why it accepts everything. */
  readonly unverified: string;
  /** Default 15,000. */
  readonly timeLimitMs?: number;
  /** It stays open until somebody closes it. */
  readonly lingers?: true;
  /** Fetches the page with the settings of the user. */
  fetch(target: FetchTarget, context: FetchContext, world: World): Promise<ClientRun>;
}

/** One line of a client's output, by which scripts say which file of roots is read. */
export const STORE_LINE = /^devca-store: *(.*)$/m;
export const VERSION_LINE = /^devca-version: *(.*)$/m;
/** By which scripts say that what they were to ask is not installed. */
export const MISSING_LINE = /^devca-missing: *(.*)$/m;

/** A client that is one command. */
export function commandClient(
  row: Omit<TrustClient, 'fetch'>,
  argsOf: (target: FetchTarget) => readonly string[],
  more: { readonly stdin?: string; readonly environment?: Readonly<Record<string, string>> } = {},
): TrustClient {
  return {
    ...row,
    fetch: (target, { program, environment, timeLimitMs, signal }, world) =>
      world.exec.run(program, argsOf(target), {
        environment: { ...environment, ...more.environment },
        timeoutMs: timeLimitMs,
        // Not in a folder of the user's, whose files some interpreters load.
        workingFolder: '/',
        signal,
        ...(more.stdin === undefined ? {} : { stdin: more.stdin }),
      }),
  };
}
