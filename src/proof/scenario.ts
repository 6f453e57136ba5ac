import type { End, TlsVersion } from './peer.ts';
import type { Reason } from './seen.ts';

/** What can be wrong with what an end shows, each in exactly one thing. */
export type Defect =
  | 'foreign-ca'
  | 'forged-ca'
  | 'self-signed'
  | 'expired'
  | 'not-yet-valid'
  | 'wrong-usage'
  | 'missing-intermediate'
  | 'outside-constraint'
  | 'revoked';

/**
 * Who plays an end: the subject itself, its sound counterpart from the twin authority, the subject where it may play
 * that end and else the counterpart (`sound`), a client without a certificate, or something defective.
 */
export type Part = 'subject' | 'counterpart' | 'sound' | 'no-certificate' | Defect;

/** One row of the table of scenarios: data, which `runScenario` reads. */
export interface Scenario {
  readonly id: string;
  /** What happens, in words for people. */
  readonly title: string;
  readonly expected: 'accepted' | Reason;
  readonly server: Part;
  readonly client: Part;
  /** The end that decides: where it accepts, the one that the subject has to convince. */
  readonly judge: End;
  readonly versions: readonly TlsVersion[];
  /** The names that the client demands of the server. Default: the first of the certificate. */
  readonly demands?: 'every-name' | 'another-name';
  readonly resumes?: boolean;
  readonly negotiates?: boolean;
  readonly checksCrls?: boolean;
}
