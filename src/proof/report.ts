import type { NamedFault } from '../diagnosis/named-fault.ts';
import { DevcaError } from '../errors/devca-error.ts';
import type { End } from './peer.ts';

/** How one scenario went. Of a check of a file, `tls`, `client` and `server` are `null`. */
export interface ScenarioResult {
  readonly id: string;
  /** What happens, in words for people. */
  readonly title: string;
  /** The path of a file that was checked. */
  readonly file?: string;
  readonly tls: string | null;
  /** The implementation of TLS that judged, or `files` for the check of a file. */
  readonly peer: string;
  /** The ends that the subject's own files took part at; none where both came from the twin authority. */
  readonly ends: readonly End[];
  /** `accepted`, or the reason of the refusal. */
  readonly expected: string;
  /** What the client saw, and what the server saw. */
  readonly client: string | null;
  readonly server: string | null;
  readonly passed: boolean;
  readonly ms: number;
  /** Why it failed, in the words of the TLS library where it had any. */
  readonly detail?: string;
  /** What was met where something else was expected, by the fault table. */
  readonly fault?: NamedFault;
}

export interface SubjectReport {
  readonly serial: string;
  readonly name: string;
  readonly scenarios: readonly ScenarioResult[];
  /** Why nothing could be proved: there is no key at hand. */
  readonly notProvable?: string;
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

export interface SelfTestReport {
  readonly passed: number;
  readonly failed: number;
  readonly subjects: readonly SubjectReport[];
}

export function selfTestReport(subjects: readonly SubjectReport[]): SelfTestReport {
  const scenarios = subjects.flatMap((subject) => subject.scenarios);
  const passed = scenarios.filter((scenario) => scenario.passed).length;
  return { passed, failed: scenarios.length - passed, subjects };
}

/** Files that are in order prove nothing: throws DEVCA_PROOF_NOT_PROVABLE where there was no handshake at all. */
export function requireHandshakes({ subjects, failed }: SelfTestReport): void {
  const unproved = subjects.flatMap(({ name, notProvable }) =>
    notProvable === undefined ? [] : [{ name, reason: notProvable }],
  );
  if (failed === 0 && unproved.length === subjects.length)
    throw new DevcaError('DEVCA_PROOF_NOT_PROVABLE', { subjects: unproved });
}
