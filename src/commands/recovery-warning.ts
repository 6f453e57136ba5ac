import type { Recovery } from '../authority/recovery.ts';
import type { Output } from '../cli/output.ts';

/** Says what became of runs that were interrupted, where there was one. */
export function warnOfRecovery({ undone, completed, problems }: Recovery, output: Output): void {
  if (undone.length > 0) output.note(`undid an interrupted run: ${undone.join(', ')}`);
  if (completed.length > 0) output.note(`completed an interrupted run: ${completed.join(', ')}`);
  for (const problem of problems) {
    output.warn(`${problem.message} [${problem.code}]`);
    for (const hint of problem.hints) output.warn(hint);
  }
}
