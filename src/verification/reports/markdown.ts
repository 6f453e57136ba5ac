import { forMarkdown } from '../../platform/escape.ts';
import type { TargetReport, VerificationReport } from '../target-report.ts';

/** A summary for `$GITHUB_STEP_SUMMARY`, a merge request or a chat: one row for each target, then the reasons. */
export function formatMarkdown({ targets, valid }: VerificationReport): string {
  const bad = targets.filter((target) => !target.valid);
  const notes = targets.filter(({ warnings, consumers }) => warnings.length > 0 || consumers.some(isRefusal));
  return [
    `### Certificates: ${valid ? 'all good' : `${bad.length} of ${targets.length} bad`}`,
    '',
    '| target | verdict | ends in | best reason |',
    '|---|---|---|---|',
    ...targets.map(row),
    ...(bad.length === 0 ? [] : ['', '#### Problems', '', ...bad.flatMap(reasons)]),
    ...(notes.length === 0 ? [] : ['', '#### Warnings', '', ...notes.flatMap(warnings)]),
    '',
  ].join('\n');
}

const isRefusal = ({ effect }: { readonly effect: string }): boolean => effect === 'refuses';

function row({ target, valid, checked, daysLeft, problems: [best] }: TargetReport): string {
  const verdict = valid ? 'good' : checked ? '**bad**' : '**not checked**';
  const ends = daysLeft === undefined ? '' : `${daysLeft} days`;
  return `| ${forMarkdown(target)} | ${verdict} | ${ends} | ${best === undefined ? '' : `${forMarkdown(best.message)} (\`${best.code}\`)`} |`;
}

function reasons({ target, problems }: TargetReport): string[] {
  return problems.flatMap(({ code, message, certificate, expected, presented, rfc, fix }) => [
    `- ${forMarkdown(target)}: ${forMarkdown(message)} (\`${code}\`)`,
    ...(certificate === undefined
      ? []
      : [`  - certificate: ${forMarkdown(certificate.subject)}, SHA-256 \`${certificate.sha256}\``]),
    ...(expected === undefined ? [] : [`  - expected: ${forMarkdown(expected)}`]),
    ...(presented === undefined ? [] : [`  - presented: ${forMarkdown(presented)}`]),
    ...(rfc === undefined ? [] : [`  - rule: ${forMarkdown(rfc)}`]),
    ...(fix === undefined ? [] : [`  - fix: ${forMarkdown(fix)}`]),
  ]);
}

function warnings({ target, warnings: found, consumers }: TargetReport): string[] {
  return [
    ...found.map(({ code, message }) => `- ${forMarkdown(target)}: ${forMarkdown(message)} (\`${code}\`)`),
    ...consumers
      .filter(isRefusal)
      .map(
        ({ consumer, message }) =>
          `- ${forMarkdown(target)}: ${forMarkdown(`${consumer} refuses it: ${message}`)}`,
      ),
  ];
}
