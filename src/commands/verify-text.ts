import type { Output, Style } from '../cli/output.ts';
import { formatFields } from '../cli/table.ts';
import { forTerminal } from '../platform/escape.ts';
import type { CandidateTree } from '../verification/candidate-tree.ts';
import type { TargetProblem } from '../verification/target-problems.ts';
import type { TargetReport, VerificationReport } from '../verification/target-report.ts';

type Styler = Pick<Output, 'style'>;

/** The report for a person: a paragraph for each target, the best reason in full, the others below it. */
export function verificationText(report: VerificationReport, output: Styler): string {
  const { targets, leftOut } = report;
  const paragraphs = targets.map((target) => paragraph(target, output));
  const counts = [
    ['good', targets.filter(({ valid }) => valid).length],
    ['bad', targets.filter(({ valid, checked }) => checked && !valid).length],
    ['not checked', targets.filter(({ checked }) => !checked).length],
  ] as const;
  const summary = counts.filter(([, count]) => count > 0).map(([word, count]) => `${count} ${word}`);
  return [
    paragraphs.join('\n'),
    ...(leftOut.length === 0 ? [] : ['', ...leftOutLines(leftOut)]),
    ...(targets.length < 2 ? [] : ['', `${targets.length} targets: ${summary.join(', ')}`]),
  ].join('\n');
}

const MOST_LEFT_OUT = 10;

function leftOutLines(leftOut: VerificationReport['leftOut']): string[] {
  const shown = leftOut
    .slice(0, MOST_LEFT_OUT)
    .map(({ file, reason }) => `left out ${forTerminal(file)}: ${forTerminal(reason)}`);
  const more = leftOut.length - shown.length;
  return more === 0 ? shown : [...shown, `left out ${more} more files (all of them with --json)`];
}

function paragraph(report: TargetReport, output: Styler): string {
  const [word, style]: [string, Style] = report.valid
    ? ['good', 'green']
    : report.checked
      ? ['bad', 'red']
      : ['not checked', 'yellow'];
  const [best, ...others] = report.problems;
  return [
    `${output.style(style, word)}  ${output.style('bold', forTerminal(report.target))}${headline(report)}`,
    ...(best === undefined ? [] : reason(best, 'full')),
    ...others.flatMap((problem) => reason(problem, 'short')),
    ...(report.problems.length === 0
      ? [`  ${report.chain.map(({ subject }) => forTerminal(subject) || '(no subject)').join(' <- ')}`]
      : []),
    ...report.warnings.map(
      (warning) =>
        `  ${output.style('yellow', 'warning')}: ${forTerminal(warning.message)} [${warning.code}]`,
    ),
    ...report.consumers
      .filter(({ effect }) => effect !== 'limits' || report.candidates !== undefined)
      .map(
        ({ consumer, effect, message }) => `  ${EFFECTS[effect]} ${forTerminal(`${consumer}: ${message}`)}`,
      ),
    ...(report.candidates === undefined ? [] : ['  candidates:', ...treeLines(report.candidates, '    ')]),
  ].join('\n');
}

const EFFECTS = { refuses: 'refused by', accepts: 'accepted by', limits: 'note for' } as const;

function headline({ valid, purpose, names = [], daysLeft, chain }: TargetReport): string {
  if (!valid || chain.length === 0) return '';
  const parts = [
    ...(purpose === undefined || purpose === 'any' ? [] : [`for a ${purpose}`]),
    ...(names.length === 0 ? [] : [`as ${names.map(forTerminal).join(', ')}`]),
    ...(daysLeft === undefined ? [] : [`${daysLeft} days left`]),
  ];
  return `  (${parts.join(', ')})`;
}

function reason(problem: TargetProblem, length: 'full' | 'short'): string[] {
  const { code, message, certificate, expected, presented, rfc, fix, fault } = problem;
  const first = `  ${length === 'short' ? 'also: ' : ''}${forTerminal(message)} [${code}]`;
  const fields = formatFields(
    [
      [
        'certificate',
        certificate === undefined
          ? undefined
          : `${certificate.subject || '(no subject)'}, SHA-256 ${certificate.sha256}`,
      ],
      ['expected', length === 'full' ? expected : undefined],
      ['presented', length === 'full' ? presented : undefined],
      ['fault', length === 'full' ? fault?.code : undefined],
      ['rule', length === 'full' ? rfc : undefined],
      ['fix', fix],
    ],
    '    ',
  );
  return fields === '' ? [first] : [first, fields];
}

function treeLines(tree: CandidateTree, indent: string): string[] {
  const { subject, sha256, role, reasons, candidates, isCut } = tree;
  const verdict =
    reasons.length === 0 ? (role === 'trust anchor' ? 'trusted' : 'sound') : `dropped: ${reasons.join('; ')}`;
  return [
    `${indent}${forTerminal(subject) || '(no subject)'} (${role}, ${sha256.slice(0, 12)}) ${forTerminal(verdict)}`,
    ...candidates.flatMap((candidate) => treeLines(candidate, `${indent}  `)),
    ...(isCut === true ? [`${indent}  ... and more that is not shown`] : []),
  ];
}
