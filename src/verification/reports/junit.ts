import { forXml } from '../../platform/escape.ts';
import type { TargetProblem } from '../target-problems.ts';
import type { TargetReport, VerificationReport } from '../target-report.ts';

/**
 * JUnit's XML as CI servers read it: a suite for each target, a case for each thing that was found wrong, and one that
 * passed where nothing was. What could not be checked is an error, what is bad a failure.
 */
export function formatJunit({ targets }: VerificationReport): string {
  const failures = count(targets, (target) => (target.checked ? target.problems.length : 0));
  const errors = count(targets, (target) => (target.checked ? 0 : 1));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="devca verify" tests="${count(targets, casesOf)}" failures="${failures}" errors="${errors}">`,
    ...targets.map(suite),
    '</testsuites>',
    '',
  ].join('\n');
}

const casesOf = ({ problems }: TargetReport): number => Math.max(1, problems.length);

const count = (targets: readonly TargetReport[], of: (target: TargetReport) => number): number =>
  targets.reduce((sum, target) => sum + of(target), 0);

function suite(target: TargetReport): string {
  const { problems, warnings, checked } = target;
  const name = forXml(target.target);
  const failures = checked ? problems.length : 0;
  const cases =
    problems.length === 0
      ? [`    <testcase classname="${name}" name="valid" />`]
      : problems.map((problem) => failedCase(problem, name, checked));
  return [
    `  <testsuite name="${name}" tests="${casesOf(target)}" failures="${failures}" errors="${checked ? 0 : 1}">`,
    ...cases,
    ...(warnings.length === 0
      ? []
      : [
          `    <system-out>${warnings.map((warning) => forXml(`warning: ${warning.message} [${warning.code}]`)).join('&#10;')}</system-out>`,
        ]),
    '  </testsuite>',
  ].join('\n');
}

function failedCase(problem: TargetProblem, target: string, checked: boolean): string {
  const element = checked ? 'failure' : 'error';
  const details = [
    problem.certificate === undefined
      ? undefined
      : `certificate: ${problem.certificate.subject} (SHA-256 ${problem.certificate.sha256})`,
    problem.expected === undefined ? undefined : `expected: ${problem.expected}`,
    problem.presented === undefined ? undefined : `presented: ${problem.presented}`,
    problem.rfc === undefined ? undefined : `rule: ${problem.rfc}`,
    problem.fix === undefined ? undefined : `fix: ${problem.fix}`,
  ].filter((line) => line !== undefined);
  return [
    `    <testcase classname="${target}" name="${forXml(problem.code)}">`,
    `      <${element} type="${forXml(problem.code)}" message="${forXml(problem.message)}">${details.map(forXml).join('&#10;')}</${element}>`,
    '    </testcase>',
  ].join('\n');
}
