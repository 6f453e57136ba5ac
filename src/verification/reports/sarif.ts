import { createHash } from 'node:crypto';
import type { TargetProblem } from '../target-problems.ts';
import type { TargetReport, VerificationReport } from '../target-report.ts';

/**
 * SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), as GitHub's code scanning takes it: a rule for each
 * code, a result for each problem and warning, at its file and line. A fingerprint of the code and the certificate
 * keeps a finding the same one when lines move.
 */
export function formatSarif(report: VerificationReport, version: string): string {
  const found = report.targets.flatMap((target) => [
    ...target.problems.map((problem) => ({ target, problem, level: 'error' as const })),
    ...target.warnings.map((problem) => ({ target, problem, level: 'warning' as const })),
  ]);
  const rules = [...new Map(found.map(({ problem, level }) => [problem.code, { problem, level }])).values()];
  const ruleIndex = new Map(rules.map(({ problem }, index) => [problem.code, index]));
  const isComplete = report.targets.every(({ checked }) => checked);
  const document = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'devca',
            version,
            rules: rules.map(({ problem, level }) => ruleOf(problem, level)),
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [{ executionSuccessful: isComplete }],
        results: found.map(({ target, problem, level }) => ({
          ruleId: problem.code,
          ruleIndex: ruleIndex.get(problem.code) ?? 0,
          level,
          message: { text: messageOf(problem) },
          locations: [locationOf(target, problem)],
          partialFingerprints: { 'certificateProblem/v1': fingerprint(target, problem) },
        })),
      },
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function ruleOf(problem: TargetProblem, level: 'error' | 'warning') {
  return {
    id: problem.code,
    name: problem.code,
    shortDescription: { text: problem.rfc ?? problem.code },
    fullDescription: { text: problem.message },
    help: { text: problem.fix ?? problem.message },
    defaultConfiguration: { level },
    properties: { tags: ['security', 'x509'] },
  };
}

function messageOf({ message, certificate, expected, presented, fix }: TargetProblem): string {
  return [
    certificate === undefined ? message : `${certificate.subject}: ${message}`,
    ...(expected === undefined ? [] : [`expected: ${expected}`]),
    ...(presented === undefined ? [] : [`presented: ${presented}`]),
    ...(fix === undefined ? [] : [`fix: ${fix}`]),
  ].join('\n');
}

/** A server or a name of the inventory has no file: its name stands for one, since code scanning wants a location. */
function locationOf(target: TargetReport, problem: TargetProblem) {
  const line = target.chain.find(({ sha256 }) => sha256 === problem.certificate?.sha256)?.line;
  const startLine = line ?? lineOf(problem.message) ?? 1;
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(target.file ?? target.target) },
      region: { startLine },
    },
    logicalLocations: [{ name: target.target, fullyQualifiedName: target.target }],
  };
}

/** Errors of text files end in their line. */
export function lineOf(message: string): number | undefined {
  const line = Number(/ at line (\d+)$/.exec(message)?.[1]);
  return Number.isInteger(line) && line > 0 ? line : undefined;
}

/** A relative reference (RFC 3986 section 4.2), or a file URI for an absolute path. */
function uriOf(path: string): string {
  // A name that is no Unicode, as file systems allow, has no URI; its odd halves are shown as replaced.
  const text = path.replace(/\p{Surrogate}/gu, '\ufffd').replaceAll('\\', '/');
  const segments = text.split('/').map(encodeURIComponent).join('/');
  if (/^[A-Za-z]%3A\//.test(segments)) return `file:///${segments.replace('%3A', ':')}`;
  return segments.startsWith('/') ? `file://${segments}` : segments;
}

const fingerprint = ({ target }: TargetReport, { code, certificate }: TargetProblem): string =>
  createHash('sha256')
    .update(`${code}\n${certificate?.sha256 ?? target}`)
    .digest('hex');
