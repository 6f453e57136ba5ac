import type { Output } from '../cli/output.ts';
import { type Cell, formatTable } from '../cli/table.ts';
import { forTerminal } from '../platform/escape.ts';
import type { ScenarioResult, SelfTestReport, SubjectReport } from '../proof/report.ts';

/** The report as a person reads it: everything about one subject, of several only what failed. */
export function selfTestText(report: SelfTestReport, output: Pick<Output, 'style'>): string {
  const isOne = report.subjects.length === 1;
  const sections = report.subjects.map((subject) => section(subject, isOne, output));
  const word = report.failed === 0 ? output.style('green', 'passed') : output.style('red', 'failed');
  const total = `${word}: ${report.passed} passed, ${report.failed} failed`;
  const between = sections.some((text) => text.includes('\n')) ? '\n\n' : '\n';
  return `${sections.join(between)}\n\n${isOne ? total : `${total} for ${report.subjects.length} certificates`}`;
}

function section(subject: SubjectReport, isOne: boolean, output: Pick<Output, 'style'>): string {
  const failed = subject.scenarios.filter(({ passed }) => !passed);
  const passed = subject.scenarios.length - failed.length;
  const title = output.style('bold', forTerminal(`${subject.name} ${subject.serial.slice(0, 12)}`.trim()));
  const shown = merge(isOne ? subject.scenarios : failed);
  const details = failed.map((result) =>
    [`  ${forTerminal(`${titleOf(result)}: ${result.detail ?? ''}`)}`, ...faultLines(result)].join('\n'),
  );
  return [
    `${title}  ${passed} passed, ${failed.length} failed`,
    ...(subject.notProvable === undefined ? [] : [`  not provable: ${subject.notProvable}`]),
    ...(shown.length === 0 ? [] : [formatTable(HEADING, shown.map(row), output)]),
    ...(details.length === 0 ? [] : ['why', ...new Set(details)]),
    ...(isOne ? subject.notes.map((note) => `note: ${note}`) : []),
  ].join('\n');
}

function faultLines({ fault }: ScenarioResult): string[] {
  return fault === undefined ? [] : [`    fault: ${fault.title} [${fault.code}]`, `    ${fault.fix}`];
}

const HEADING = ['RESULT', 'SCENARIO', 'TLS', 'JUDGE', 'CLIENT SAW', 'SERVER SAW'];

/** Rows that differ in the version of TLS alone are one. */
interface MergedRow {
  readonly result: ScenarioResult;
  readonly versions: readonly string[];
}

function merge(results: readonly ScenarioResult[]): readonly MergedRow[] {
  const rows = new Map<string, MergedRow>();
  for (const result of results) {
    const { id, peer, ends, passed, client, server, tls } = result;
    const same = JSON.stringify([peer === 'files' ? result.title : id, peer, ends, passed, client, server]);
    const versions = [...(rows.get(same)?.versions ?? []), ...(tls === null ? [] : [tls])];
    rows.set(same, { result, versions });
  }
  return [...rows.values()];
}

function row({ result, versions }: MergedRow): Cell[] {
  return [
    result.passed ? { text: 'ok', style: 'green' } : { text: 'FAILED', style: 'red' },
    titleOf(result),
    versions.map((version) => version.replace('TLSv', '')).join(', '),
    result.peer,
    result.client ?? '',
    result.server ?? '',
  ];
}

function titleOf({ peer, expected, title, ends }: ScenarioResult): string {
  if (peer === 'files') return `checks ${title}`;
  if (expected !== 'accepted') return `refuses ${title}`;
  return `accepts ${title}, as ${ends.join(' and ')}`;
}
