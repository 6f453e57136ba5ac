import { defineCommand } from '../cli/command.ts';
import { parseDuration } from '../cli/duration.ts';
import type { Output } from '../cli/output.ts';
import { type Diagnosis, examine } from '../lifecycle/doctor.ts';
import type { DoctorFinding } from '../lifecycle/doctor-finding.ts';
import { forTerminal } from '../platform/escape.ts';
import { homeOf } from '../platform/paths.ts';

export const doctorCommand = defineCommand({
  name: 'doctor',
  summary: 'say everything that is wrong with this set-up, and the commands that mend it',
  details:
    'Changes nothing. Exit status: 0 all is well but for warnings, 4 something is wrong (with --check a warning too), 5 something could not be looked at.',
  positionals: {},
  flags: {
    expiring: {
      type: 'string',
      value: 'TIME',
      describe: 'warn of certificates that end within this time (default: 30d)',
    },
    check: { type: 'boolean', describe: 'exit with 4 for warnings too, for CI' },
    'no-trust': {
      type: 'boolean',
      describe: 'leave out whether this machine trusts the roots: stores, variables, settings of tools',
    },
  },
  examples: [
    { command: 'devca doctor', does: 'what is wrong, and what mends it' },
    {
      command: 'devca doctor --check --expiring 14d --no-trust',
      does: 'for CI: fails when a certificate is due',
    },
  ],
  async run({ flags }, { world, output }) {
    const expiringMs = parseDuration(flags.expiring ?? '30d', '--expiring', 'doctor');
    const home = homeOf(flags.home, world.system);
    const { findings, stores } = await examine({ expiringMs, noTrust: flags['no-trust'] }, home, world);
    const rows = stores.map(({ root: { name: rootName, sha256 }, id, name, status: state, detail, fix }) => {
      return { id, name, status: state, detail, fix, root: { name: rootName, sha256 } };
    });
    const status = statusOf(findings, flags.check);
    output.result({ healthy: status === 0, findings, stores: rows }, () =>
      [...findingLines(findings, output), summary({ findings, stores })].join('\n'),
    );
    return status;
  },
});

/** As `trust status`: what could not be looked at stands above what is bad. */
function statusOf(findings: readonly DoctorFinding[], check: boolean): 0 | 4 | 5 {
  if (findings.some(({ severity }) => severity === 'obstacle')) return 5;
  return findings.some(({ severity }) => severity === 'problem' || check) ? 4 : 0;
}

const STYLES = { problem: 'red', obstacle: 'yellow', warning: 'yellow' } as const;

/** So many of a kind are told; who mends them by a program reads the document, which has all. */
const MOST_OF_A_KIND = 20;

/** One after the other; a fix that mends several in a row is told once. */
function findingLines(findings: readonly DoctorFinding[], output: Output): readonly string[] {
  const counts = new Map<string, number>();
  const told = findings.filter(({ id }) => {
    const count = (counts.get(id) ?? 0) + 1;
    counts.set(id, count);
    return count <= MOST_OF_A_KIND;
  });
  const lines = told.flatMap(({ severity, message, fix }, index) => {
    const line = `${output.style(STYLES[severity], `${severity}:`)} ${forTerminal(message)}`;
    return told[index + 1]?.fix === fix ? [line] : [line, `  ${forTerminal(fix)}`];
  });
  const rest = [...counts]
    .filter(([, count]) => count > MOST_OF_A_KIND)
    .map(([id, count]) => `and ${count - MOST_OF_A_KIND} more of the kind "${id}"`);
  return [...lines, ...rest, ...(rest.length === 0 ? [] : ['"devca doctor --json" has all of them'])];
}

function summary({ findings, stores }: Diagnosis): string {
  const asked = stores.filter(({ status }) => status !== 'unsupported');
  const ids = new Set(asked.map(({ id }) => id));
  const lacking = new Set(asked.filter(({ status }) => status !== 'trusted').map(({ id }) => id));
  const roots = new Set(stores.map(({ root }) => root.sha256)).size;
  const what = roots === 1 ? 'the root' : `all ${roots} roots`;
  const trust = ids.size === 0 ? '' : `; ${ids.size - lacking.size} of ${ids.size} stores trust ${what}`;
  if (findings.length === 0) return `nothing is wrong${trust}`;
  const count = (severity: DoctorFinding['severity'], word: string): readonly string[] => {
    const found = findings.filter((finding) => finding.severity === severity).length;
    return found === 0 ? [] : [`${found} ${word}${found === 1 ? '' : 's'}`];
  };
  return `${[...count('problem', 'problem'), ...count('obstacle', 'obstacle'), ...count('warning', 'warning')].join(', ')}${trust}`;
}
