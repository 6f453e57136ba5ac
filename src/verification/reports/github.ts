import { forWorkflowCommand, forWorkflowProperty } from '../../platform/escape.ts';
import type { TargetProblem } from '../target-problems.ts';
import type { TargetReport, VerificationReport } from '../target-report.ts';
import { lineOf } from './sarif.ts';

/**
 * Annotations for GitHub Actions: one workflow command for each problem and warning, at its file and line
 * (https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands). Foreign text cannot begin a
 * command of its own: line ends and percent signs are escaped.
 */
export function formatGithub({ targets }: VerificationReport): string {
  const lines = targets.flatMap((target) => [
    ...target.problems.map((problem) => annotation('error', target, problem)),
    ...target.warnings.map((problem) => annotation('warning', target, problem)),
    ...target.consumers
      .filter(({ effect }) => effect === 'refuses')
      .map(
        ({ consumer, message }) =>
          `::notice ${place(target, undefined)}title=${forWorkflowProperty(consumer)}::${forWorkflowCommand(`${target.target}: ${message}`)}`,
      ),
  ]);
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function annotation(level: 'error' | 'warning', target: TargetReport, problem: TargetProblem): string {
  const { certificate, message, fix, code } = problem;
  const whose = certificate === undefined ? target.target : `${target.target} (${certificate.subject})`;
  const text = `${whose}: ${message}${fix === undefined ? '' : ` - ${fix}`}`;
  return `::${level} ${place(target, problem)}title=${forWorkflowProperty(code)}::${forWorkflowCommand(text)}`;
}

function place({ file, chain }: TargetReport, problem: TargetProblem | undefined): string {
  if (file === undefined) return '';
  const line =
    chain.find(({ sha256 }) => sha256 === problem?.certificate?.sha256)?.line ??
    lineOf(problem?.message ?? '') ??
    1;
  return `file=${forWorkflowProperty(file)},line=${line},`;
}
