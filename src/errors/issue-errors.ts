import { entry } from './entry.ts';
import { shellWord } from './shell-word.ts';

interface NameProblem {
  readonly value: string;
  readonly reason: string;
  readonly hint?: string;
}

/** What is asked for and cannot be issued: names, keys, lives. */
export const issueErrors = {
  DEVCA_NAME_INVALID: entry<{ problems: readonly NameProblem[] }>({
    exit: 2,
    what: (c) =>
      c.problems.length === 1
        ? `not a name for a certificate: ${c.problems.map(describeProblem).join()}`
        : `${c.problems.length} are not names for a certificate: ${c.problems.map(describeProblem).join('; ')}`,
    fix: (c) =>
      hintsOf(c.problems, 'give host names, IP addresses, e-mail addresses or SPIFFE IDs, one an argument'),
  }),
  DEVCA_KEY_INVALID: entry<{ source: string; reason: string }>({
    exit: 1,
    what: (c) => `there is no usable private key in "${c.source}": ${c.reason}`,
    fix: (c) => [`look at it with "openssl pkey -in ${shellWord(c.source)} -noout -text"`],
  }),
  DEVCA_KEY_ENCRYPTED: entry<{ source: string }>({
    exit: 1,
    what: (c) => `the private key in "${c.source}" is encrypted`,
    fix: (c) => [
      `write it without a passphrase with "openssl pkey -in ${shellWord(c.source)} -out plain-key.pem"`,
    ],
  }),
  DEVCA_KEY_TYPE_UNSUPPORTED: entry<{ source: string; keyType: string; supported: readonly string[] }>({
    exit: 1,
    what: (c) => `the key in "${c.source}" is of the kind ${c.keyType}, which devca does not use`,
    fix: (c) => [`use one of ${c.supported.join(', ')}`],
  }),
};

/** A value as it can stand in a message: cut where it is huge. */
function describeProblem(problem: NameProblem): string {
  const shown = problem.value.length > 80 ? `${problem.value.slice(0, 60)}...` : problem.value;
  return `"${shown}" (${problem.reason})`;
}

function hintsOf(problems: readonly NameProblem[], otherwise: string): readonly string[] {
  const hints = new Set(problems.flatMap((problem) => (problem.hint === undefined ? [] : [problem.hint])));
  return hints.size === 0 ? [otherwise] : [...hints];
}
