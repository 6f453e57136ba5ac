/** A root that somebody added to a store: those that came with the system or the browser are no entries. */
export interface StoreEntry {
  /** DER. */
  readonly certificate: Uint8Array;
  /** A file, a nickname or an alias: by what it is found there. */
  readonly place: string;
  /** The command that takes it out, ready to be pasted. */
  readonly remove: string;
}

/** Something that is wrong with a store, whoever left it so. */
export interface StoreFault {
  /** What kind of thing it is, such as `dangling-links`; never renamed. */
  readonly id: string;
  readonly severity: 'problem' | 'warning';
  /** Lower case, no full stop. */
  readonly message: string;
  readonly fix: string;
}

export interface StoreExamination {
  readonly entries: readonly StoreEntry[];
  readonly faults: readonly StoreFault[];
}
