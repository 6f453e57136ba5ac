import { entry } from './entry.ts';
import { shellWord } from './shell-word.ts';

export interface NameProblem {
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
  DEVCA_ISSUE_REQUEST_INVALID: entry<{ detail: string }>({
    exit: 2,
    what: (c) => `not a request for a certificate: ${c.detail}`,
    fix: () => [
      `give the names as a list, as in issue(['localhost', '127.0.0.1'])`,
      `give "issueMany" a list of objects, such as [{ names: ['localhost'] }]`,
    ],
  }),
  DEVCA_ISSUE_NAMES_MISSING: entry<{ profile: string }>({
    exit: 2,
    what: (c) => `there is no name to issue a ${c.profile} certificate for`,
    fix: () => ['run "devca issue localhost 127.0.0.1 ::1", or give names of your own'],
  }),
  DEVCA_ISSUE_TOO_MANY_NAMES: entry<{ count: number; limit: number }>({
    exit: 2,
    what: (c) => `a certificate for ${c.count} names is larger than clients take: ${c.limit} are the limit`,
    fix: () => [
      'spread them over several certificates, or use wildcards, such as "devca issue \'*.app.test\'"',
    ],
  }),
  DEVCA_ISSUE_TRUST_DOMAIN: entry<{ trustDomain: string; reason: string }>({
    exit: 2,
    what: (c) => `"${c.trustDomain}" is not a trust domain: ${c.reason}`,
    fix: () => ['give a host name, such as "dev.internal", with "--trust-domain"'],
    see: 'SPIFFE-ID specification, section 2.1',
  }),
  DEVCA_ISSUE_COMMON_NAME: entry<{ commonName: string; reason: string }>({
    exit: 2,
    what: (c) => `"${c.commonName}" cannot be the common name: ${c.reason}`,
    fix: () => ['give another with "--cn", of at most 64 characters'],
    see: 'RFC 5280 appendix A',
  }),
  DEVCA_ISSUE_SUBJECT: entry<{ field: string; value: string; reason: string }>({
    exit: 2,
    what: (c) => `"${c.value.slice(0, 80)}" cannot be the ${c.field} of a subject: ${c.reason}`,
    fix: () => ['leave it out: nothing but the names decides which servers a certificate is good for'],
    see: 'RFC 5280 appendix A',
  }),
  DEVCA_ISSUE_COMMON_NAME_ALONE: entry<{ commonName: string }>({
    exit: 1,
    what: (c) =>
      `the common name "${c.commonName}" stands beside no DNS name, and verifiers would hold it against the constraint as one`,
    fix: () => [
      'add a DNS name to the names',
      'or give a common name that cannot be a host, with a space in it',
    ],
  }),
  DEVCA_ISSUE_LIFE_INVALID: entry<{ reason: string }>({
    exit: 2,
    what: (c) => `the certificate cannot have this life: ${c.reason}`,
    fix: () => [
      'leave out "--not-before" and "--not-after", or choose other dates',
      'or give the life with "--days" or "--for"',
    ],
  }),
  DEVCA_ISSUE_LIFE_TOO_LONG: entry<{ profile: string; days: number; longest: number; source: string }>({
    exit: 2,
    what: (c) =>
      `the certificate would live ${c.days} days, and ${c.longest} are the limit of the profile "${c.profile}": ${c.source}`,
    fix: (c) => [`give at most "--days ${c.longest}"`],
  }),
  DEVCA_ISSUE_SELF_CHECK: entry<{ reason: string }>({
    exit: 1,
    what: (c) => `devca refuses the certificate that it has just made, and has recorded nothing: ${c.reason}`,
    fix: () => [
      'if the names or the profile are unusual, issue for fewer or other ones',
      'else run the same command with "--debug" and report what it prints',
    ],
  }),
  DEVCA_PROFILE_UNKNOWN: entry<{ profile: string; known: readonly string[] }>({
    exit: 2,
    what: (c) => `there is no profile "${c.profile}"`,
    fix: (c) => [`use one of ${c.known.join(', ')}`],
  }),
  DEVCA_PROFILE_INVALID: entry<{ source: string; reason: string; line?: number; column?: number }>({
    exit: 1,
    what: (c) =>
      `"${c.source}" is not a profile: ${c.reason}${c.line === undefined ? '' : ` (line ${c.line}, column ${c.column})`}`,
    fix: () => [
      'compare it with "templates/profiles/server.json" in the devca package',
      'an editor checks it as you type where it has "templates/profiles/profile.schema.json" for its "$schema"',
    ],
  }),
  DEVCA_PROFILE_BUILT_IN: entry<{ profile: string; path: string }>({
    exit: 1,
    what: (c) => `"${c.path}" cannot replace the profile "${c.profile}", which comes with devca`,
    fix: (c) => [
      `give the file another name: run "mv ${shellWord(c.path)} ${shellWord(c.path.replace(/[^/\\]+$/, `own-${c.profile}.json`))}"`,
      `then set the "name" in it to "own-${c.profile}", which is what "--profile own-${c.profile}" means`,
    ],
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
