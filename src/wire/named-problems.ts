import { faultOfProblem, namedFault } from '../diagnosis/named-fault.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import type { ChainProblem } from './handshake-report.ts';
import type { Side } from './transcript.ts';

/** The problems of a chain with the faults that they stand for to `verifier`. */
export function withFaults(
  problems: readonly Omit<ChainProblem, 'fault'>[],
  endEntity: Uint8Array,
  verifier: Side,
): ChainProblem[] {
  const sha256 = sha256Hex(endEntity);
  return problems.map((problem) => {
    const code = faultOfProblem(problem, sha256, verifier);
    const fault = code === undefined ? undefined : namedFault(code, 'handshake');
    return fault === undefined ? problem : { ...problem, fault };
  });
}
