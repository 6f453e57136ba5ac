/** `warning`: nothing is broken yet. `obstacle`: it could not be looked at. */
export type FindingSeverity = 'problem' | 'obstacle' | 'warning';

/** Something that is wrong with a machine's set-up, and what mends it. */
export interface DoctorFinding {
  /** What kind of thing it is, such as `file-changed`; never renamed. */
  readonly id: string;
  readonly severity: FindingSeverity;
  /** Lower case, no full stop. */
  readonly message: string;
  /** A command, ready to be pasted. */
  readonly fix: string;
}
