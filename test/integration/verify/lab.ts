import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../../src/run.ts';
import type { TargetReport, VerificationReport } from '../../../src/verification/target-report.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';
import { cleanEnvironment } from '../../support/tools.ts';

export interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly error: string;
}

/** A scratch home in which whole command lines are run, with the real clock and real files. */
export class VerifyLab {
  readonly folder = scratchFolder();

  async devca(...argv: string[]): Promise<Outcome> {
    return this.devcaWithInput(undefined, ...argv);
  }

  async devcaWithInput(input: Uint8Array | undefined, ...argv: string[]): Promise<Outcome> {
    const world = testWorld({
      home: this.folder,
      now: new Date(),
      ...(input === undefined ? {} : { input }),
    });
    const status = await run(argv, world);
    return { status, out: world.written.out, error: world.written.error };
  }

  /** `verify --json` of one line, parsed. */
  async report(...argv: string[]): Promise<VerificationReport & { readonly status: number }> {
    const { status, out } = await this.devca('verify', ...argv, '--json');
    return { status, ...JSON.parse(out) };
  }

  /** The row of the one target that was given. */
  async target(
    ...argv: string[]
  ): Promise<TargetReport & { readonly status: number; readonly codes: string[] }> {
    const { status, targets } = await this.report(...argv);
    const [row] = targets;
    if (row === undefined || targets.length > 1) throw new Error(`${targets.length} targets`);
    return { status, codes: row.problems.map(({ code }) => code), ...row };
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, contents: string | Uint8Array, mode = 0o644): string {
    const path = this.path(name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, contents, { mode });
    return name;
  }

  /** Runs a real tool in the folder. */
  tool(program: string, ...args: string[]): string {
    return execFileSync(program, args, {
      cwd: this.folder,
      env: cleanEnvironment(this.folder),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}

export const warningsOf = ({ warnings }: TargetReport): string[] => warnings.map(({ code }) => code);
