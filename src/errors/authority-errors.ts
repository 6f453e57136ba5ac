import { entry } from './entry.ts';
import { shellWord } from './shell-word.ts';

export interface PermitProblem {
  readonly value: string;
  readonly reason: string;
  readonly hint?: string;
}

/** The authority: its home, its constraint, its keys. */
export const authorityErrors = {
  DEVCA_AUTHORITY_MISSING: entry<{ home: string }>({
    exit: 3,
    what: (c) => `there is no certificate authority in "${c.home}"`,
    fix: () => ['run "devca init" to create one', 'or point DEVCA_HOME or "--home" at an existing one'],
  }),
  DEVCA_AUTHORITY_UNKNOWN: entry<{ name: string; known: readonly string[]; homeFlag: string }>({
    exit: 3,
    what: (c) =>
      `there is no authority "${c.name}"; there are ${c.known.map((name) => `"${name}"`).join(', ')}`,
    fix: (c) => [
      `run "devca ca list${c.homeFlag}" to see them`,
      `or make it with "devca init --name ${shellWord(c.name)}${c.homeFlag}"`,
    ],
  }),
  DEVCA_AUTHORITY_DESTROYED: entry<{ name: string; since: string; homeFlag: string }>({
    exit: 3,
    what: (c) =>
      `the authority "${c.name}" was destroyed on ${c.since.slice(0, 10)}: it can issue nothing any more, and what it has issued can be neither renewed nor revoked`,
    fix: (c) => [
      `use another one: "devca ca list${c.homeFlag}" has them`,
      `or make a new one of that name with "devca init --name ${shellWord(c.name)}${c.homeFlag}"`,
    ],
  }),
  /** The flags that name it in a command; `undefined` for one in memory. */
  DEVCA_AUTHORITY_EXPIRED: entry<{ notAfter: string; place?: string | undefined }>({
    exit: 1,
    what: (c) => `the certificate authority has ended on ${c.notAfter}`,
    fix: (c) => [
      'check this machine\'s clock with "date"',
      c.place === undefined
        ? 'or make another one'
        : `or make its next generation with "devca ca roll${c.place}"`,
    ],
  }),
  DEVCA_AUTHORITY_CORRUPT: entry<{ home: string; reason: string }>({
    exit: 1,
    what: (c) => `the certificate authority in "${c.home}" is damaged: ${c.reason}`,
    fix: (c) => [
      'put a backup of the folder in its place',
      `or make a new one with "devca init --home ${shellWord(`${c.home}-2`)}"`,
    ],
  }),
  DEVCA_AUTHORITY_DIFFERENT: entry<{
    home: string;
    name: string;
    /** The flags that name it in a command, and of those the home's. */
    place: string;
    homeFlag: string;
    differences: readonly string[];
    flags: string;
    permit: readonly string[];
    /** Where the intermediate's and the root's key are wanted, if they can be moved there. */
    moves: readonly { readonly keystore: string; readonly isRoot: boolean }[];
  }>({
    exit: 1,
    what: (c) =>
      `there is an authority "${c.name}" in "${c.home}" already, and it is not what the flags ask for: ${c.differences.join('; ')}`,
    fix: (c) => [
      ...(c.permit.length === 0
        ? []
        : [`to widen it run "devca ca permit ${c.permit.map(shellWord).join(' ')}${c.place}"`]),
      ...c.moves.map(
        ({ keystore, isRoot }) =>
          `to move its key run "devca ca protect --keystore ${keystore}${isRoot ? ' --root' : ''}${c.place}"`,
      ),
      `to make another one beside it run "devca init${c.homeFlag} --name ${c.name}-2 ${c.flags}"`,
      'to keep the one that is there, leave the flags out',
    ],
  }),
  DEVCA_AUTHORITY_KEY_TYPE: entry<{ keyType: string }>({
    exit: 2,
    what: (c) => `an authority cannot have a key of the kind ${c.keyType}: browsers refuse what it signs`,
    fix: () => ['leave "--key-type" out for a P-256 key, which every client takes'],
  }),
  DEVCA_AUTHORITY_NAME: entry<{ name: string }>({
    exit: 2,
    what: (c) => `"${c.name}" cannot be the name of an authority`,
    fix: () => ['give up to 32 lower-case letters, digits and hyphens, such as "--name work"'],
  }),
  DEVCA_CONSTRAINT_INVALID: entry<{ problems: readonly PermitProblem[] }>({
    exit: 2,
    what: (c) =>
      `cannot permit ${c.problems.map((problem) => `"${problem.value.slice(0, 80)}" (${problem.reason})`).join(', ')}`,
    fix: (c) => {
      const hints = c.problems.flatMap((problem) => (problem.hint === undefined ? [] : [problem.hint]));
      return hints.length > 0
        ? hints
        : ['give names such as "corp.example" or ranges such as "100.64.0.0/10"'];
    },
  }),
  DEVCA_CONSTRAINT_EMPTY: entry<Record<never, never>>({
    exit: 2,
    what: () => 'the constraint would permit no name at all, which verifiers take for every name',
    fix: () => ['add a name, such as "--permit-only localhost"'],
    see: 'RFC 5280 section 4.2.1.10',
  }),
  DEVCA_CONSTRAINT_CONFLICT: entry<Record<never, never>>({
    exit: 2,
    what: () => 'an unconstrained authority permits everything, so nothing can be permitted besides',
    fix: () => ['leave out "--unconstrained", or leave out "--permit", "--permit-only" and "--constrain-ip"'],
  }),
  DEVCA_ISSUE_OUTSIDE_CONSTRAINT: entry<{
    names: readonly string[];
    permitted: readonly string[];
    permit: readonly string[];
    /** Domains of everybody, which nobody should permit. */
    tooWide: readonly string[];
    /** The flags that name it in a command; undefined for one in memory. */
    place: string | undefined;
  }>({
    exit: 1,
    what: (c) =>
      `the authority may not issue for ${c.names.map((name) => `"${name}"`).join(', ')}: it is constrained to ${c.permitted.join(', ')}`,
    fix: (c) => [
      ...(c.tooWide.length === 0
        ? []
        : [
            `issue for names below a domain of your own, such as "app.test": others' names end in ${c.tooWide.map((name) => `"${name}"`).join(', ')} too`,
          ]),
      ...(c.permit.length === 0
        ? []
        : c.place === undefined
          ? [`permit ${c.permit.map((name) => `"${name}"`).join(', ')} when the authority is created`]
          : [
              `widen what it may: run "devca ca permit ${c.permit.map(shellWord).join(' ')}${c.place}", then the same command again`,
            ]),
    ],
    see: 'RFC 5280 section 4.2.1.10',
  }),
};
