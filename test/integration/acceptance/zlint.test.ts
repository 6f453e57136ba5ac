import { dirname, join } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { createLab, type Issued, issueMatrix, type Lab } from '../../support/acceptance-lab.ts';
import { runProgram } from '../../support/acceptance-verdicts.ts';
import { describeWith, toolOrFail } from '../../support/tools.ts';

/** The rules that bind every certificate; those of public authorities do not bind this one. */
const SOURCES = 'RFC5280,RFC5480,RFC5891,Community';

/** Findings that stay, each with its reason. */
const ALLOWED: Readonly<Record<string, string>> = {
  n_san_iana_pub_suffix_empty:
    '"localhost" has no name above it, and is what a development certificate is for',
};

interface Lint {
  readonly result: string;
  readonly details?: string;
}

describeWith(['zlint'], 'zlint', () => {
  let lab: Lab;
  let matrix: readonly Issued[];
  beforeAll(() => {
    lab = createLab();
    matrix = issueMatrix(lab);
  }, 60_000);

  /** Every finding but the allowed ones, and how many rules applied. */
  async function lint(
    file: string,
  ): Promise<{ readonly findings: readonly string[]; readonly applied: number }> {
    const args = ['-includeSources', SOURCES, file];
    const { stdout, stderr } = await runProgram(toolOrFail('zlint'), args, { home: lab.folder });
    if (stderr !== '') throw new Error(stderr);
    const lints = Object.entries(JSON.parse(stdout) as Record<string, Lint>);
    // NE: a rule that is not in force yet or no more.
    const applied = lints.filter(([, { result }]) => result !== 'NA' && result !== 'NE');
    return {
      applied: applied.length,
      findings: applied
        .filter(([name, { result }]) => result !== 'pass' && ALLOWED[name] === undefined)
        .map(([name, { result, details = '' }]) => `${result} ${name} ${details}`),
    };
  }

  it('finds nothing in any profile with any kind of key', async () => {
    for (const { label, cert } of matrix) {
      const { applied, ...rest } = await lint(cert);
      expect({ label, ...rest }).toEqual({ label, findings: [] });
      expect(applied).toBeGreaterThan(40);
    }
  }, 60_000);

  it.each([
    '',
    '--constrain-ip --permit corp.example',
    '--unconstrained',
    '--key-type ec-p384',
    '--key-type rsa-2048',
    '--key-type rsa-3072',
    '--key-type rsa-4096',
  ])(
    'finds nothing in root, intermediate and revocation list of "init %s"',
    async (flags) => {
      const made = createLab(...flags.split(' ').filter((flag) => flag !== ''));
      for (const file of [made.root, made.intermediate, join(dirname(made.root), 'crl.pem')]) {
        const { applied, ...rest } = await lint(file);
        expect({ file, ...rest }).toEqual({ file, findings: [] });
        expect(applied).toBeGreaterThan(0);
      }
    },
    60_000,
  );
});
