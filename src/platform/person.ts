/** What is asked of whoever runs devca. */
export interface PassphraseRequest {
  /** The key that it is for, such as `the intermediate's key of "default"`. */
  readonly title: string;
  /** To open it; or to protect it from now on, which is confirmed; `change`: where it has another one now. */
  readonly purpose: 'open' | 'set' | 'change';
  /** Why a new one cannot be used, such as `it is known to all`: said before it is typed a second time. */
  readonly flawOf?: (text: string) => string | undefined;
}

export interface GivenPassphrase {
  readonly text: string;
  /** For messages, such as `DEVCA_PASSPHRASE`. */
  readonly source: string;
}

/** Whoever runs devca, as far as they can be reached: for what only they know or can do. */
export interface Person {
  /** Undefined where nobody has given one or can be asked. */
  passphrase(request: PassphraseRequest): Promise<GivenPassphrase | undefined>;
  /** Says what is waited for. */
  tell(text: string): void;
}

/** Somebody who has given one passphrase beforehand, or none, and cannot be asked. */
export function absentPerson(given: GivenPassphrase | undefined): Person {
  return {
    passphrase: async ({ purpose }) => (purpose === 'change' ? undefined : given),
    tell: () => undefined,
  };
}
