/** Who reports a fault. `tls` is the standard itself: alerts by their RFC 8446 names and numbers. */
export type Speaker =
  | 'tls'
  | 'openssl'
  | 'curl'
  | 'node'
  | 'bun'
  | 'python'
  | 'go'
  | 'java'
  | 'dotnet'
  | 'rustls'
  | 'gnutls'
  | 'ruby'
  | 'php'
  | 'git'
  | 'wget'
  | 'grpc'
  | 'chrome'
  | 'firefox'
  | 'apple'
  | 'schannel'
  | 'nginx'
  | 'apache'
  | 'haproxy'
  | 'postgresql'
  | 'mariadb'
  | 'redis'
  | 'devca';

export type FaultCode = `DEVCA_FAULT_${string}`;

/** Observed: seen from the real program by the tests. Documented: read in its documentation or source only. */
export type Evidence = 'observed' | 'documented';

/**
 * How each speaker words a fault. `…` stands for anything within the line.
 * Letters' case, punctuation and line breaks do not matter: `certificate has expired` is also `CERTIFICATE_HAS_EXPIRED`.
 */
export type Wordings = Readonly<Partial<Record<Speaker, readonly string[]>>>;

/** What is said of a fault, whatever its names. */
interface FaultWords {
  /** What is wrong: lower case, no full stop. */
  readonly title: string;
  /** Most likely first. */
  readonly causes: readonly string[];
  /** Answered with yes where this is the fault. */
  readonly question: string;
  /** Those that devca does come first: `run "devca ..."`. */
  readonly fixes: readonly string[];
}

/** One row of the fault table. */
export interface FaultRow extends FaultWords {
  readonly code: FaultCode;
  /** Wordings that mean this fault and no other. */
  readonly observed: Wordings;
  readonly documented: Wordings;
  /** The same fault in a client's certificate, which a server reports in the same words. */
  readonly ofClient?: FaultCode;
}

export interface Candidates {
  readonly likely: readonly FaultCode[];
  readonly possible: readonly FaultCode[];
  /** What to look at to tell them apart. */
  readonly question: string;
}

/** Wordings that may mean several faults. */
export interface SharedNames extends Candidates {
  /** Where a server's log says it, if that makes a difference: an alert there is about the server's certificate. */
  readonly atServer?: Candidates;
  /** Says only that something failed: counts where a text holds nothing better. */
  readonly vague?: boolean;
  readonly observed: Wordings;
  readonly documented: Wordings;
}

export interface FaultName {
  readonly text: string;
  readonly evidence: Evidence;
}

/** One fault with every name that it is known by. */
export interface Fault extends FaultWords {
  readonly code: string;
  readonly names: Readonly<Partial<Record<Speaker, readonly FaultName[]>>>;
}

/** Certain: a name that means this fault alone. Likely and possible: a name that it shares with others. */
export type Certainty = 'certain' | 'likely' | 'possible';

/** A name that was found in a text, and where. */
export interface FoundName {
  readonly text: string;
  readonly by: readonly Speaker[];
  readonly evidence: Evidence;
  /** The line as it stands in the text, shortened; its number counts from 1. */
  readonly excerpt: string;
  readonly line: number;
}

export interface FaultMatch {
  readonly fault: Fault;
  readonly certainty: Certainty;
  /** What in the text said so. */
  readonly found: readonly FoundName[];
  /** What separates this from the other candidates; only where it is not certain. */
  readonly question?: string;
}
