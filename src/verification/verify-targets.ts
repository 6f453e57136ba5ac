import { faultOfProblem, namedFault } from '../diagnosis/named-fault.ts';
import type { Reading, Unreadable } from './presented.ts';
import type { TargetReport, VerificationReport } from './target-report.ts';
import { type VerificationSettings, verifySubject } from './verify-subject.ts';

/** Verifies everything that the targets were read to. */
export function verifyReadings(
  readings: readonly Reading[],
  settings: VerificationSettings,
): VerificationReport {
  const targets = readings.flatMap(({ subjects, unreadable }) => [
    ...subjects.map((subject) => verifySubject(subject, settings)),
    ...unreadable.map(unreadableReport),
  ]);
  return {
    valid: targets.every(({ valid }) => valid),
    targets,
    leftOut: readings.flatMap(({ leftOut }) => leftOut),
  };
}

/** 0 all good, 4 some bad, else 3 where a name is unknown, else 1 where something could not be checked. */
export function exitStatusOf({ targets }: VerificationReport): 0 | 1 | 3 | 4 {
  if (targets.some(({ checked, valid }) => checked && !valid)) return 4;
  if (targets.some(({ exitStatus }) => exitStatus === 3)) return 3;
  return targets.some(({ checked }) => !checked) ? 1 : 0;
}

function unreadableReport({ target, file, error }: Unreadable): TargetReport {
  const { code, message, hints, exitStatus } = error;
  const faultCode = faultOfProblem({ code }, undefined);
  const fault = faultCode === undefined ? undefined : namedFault(faultCode, 'verify');
  return {
    target,
    valid: false,
    checked: false,
    exitStatus,
    ...(file === undefined ? {} : { file }),
    chain: [],
    problems: [{ code, message, fix: hints.join('; '), ...(fault === undefined ? {} : { fault }) }],
    warnings: [],
    consumers: [],
  };
}
