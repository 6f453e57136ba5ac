import { beforeAll, expect, it } from '@jest/globals';
import { createLab, type Issued, issueMatrix, type Lab } from '../../support/acceptance-lab.ts';
import { runProgram } from '../../support/acceptance-verdicts.ts';
import { describeWith, toolOrFail } from '../../support/tools.ts';

const SOURCES = 'RFC5280,RFC5480,RFC5891,Community';

describeWith(['zlint'], 'zlint', () => {
  let lab: Lab;
  let matrix: readonly Issued[];
  beforeAll(() => {
    lab = createLab();
    matrix = issueMatrix(lab);
  }, 60_000);

  it('x', async () => {
    for (const [label, path] of [
      ['root', lab.root],
      ['intermediate', lab.intermediate],
      ...matrix.map(({ label, cert }) => [label, cert]),
    ] as const) {
      const { stdout, stderr } = await runProgram(
        toolOrFail('zlint'),
        ['-includeSources', SOURCES, path ?? ''],
        { home: lab.folder },
      );
      const out = Object.entries(
        JSON.parse(stdout) as Record<string, { result: string; details?: string }>,
      ).filter(([, { result }]) => !['pass', 'NA', 'NE'].includes(result));
      process.stderr.write(`${label}: ${JSON.stringify(out)} ${stderr}\n`);
    }
    expect(1).toBe(1);
  });
});
