import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { systemExec } from '../../../src/platform/exec.ts';
import { realWorld } from '../../../src/platform/world.ts';
import { run } from '../../../src/run.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { cleanEnvironment, toolOrFail } from '../../support/tools.ts';

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ImportLab {
  /** The home of its user, which is the working folder too. */
  readonly home: string;
  path(name: string): string;
  /** Runs a command line of devca, whatever comes of it. */
  devca(...words: readonly string[]): Promise<Outcome>;
  /** The same where it must succeed; gives its JSON. */
  json<Document>(...words: readonly string[]): Promise<Document>;
  /** Runs a program, whatever comes of it. */
  attempt(program: string, args: readonly string[], environment?: Readonly<Record<string, string>>): Outcome;
  /** The same where it must succeed; gives all that it says. */
  tool(program: string, args: readonly string[], environment?: Readonly<Record<string, string>>): string;
}

/** A user with an empty home and the real tools of this machine. */
export function importLab(): ImportLab {
  const home = scratchFolder();
  const lab: ImportLab = {
    home,
    path: (name) => join(home, name),
    devca: async (...words) => {
      const written = { out: '', error: '' };
      const real = realWorld();
      const system = {
        ...real.system,
        homeFolder: home,
        workingFolder: home,
        environment: cleanEnvironment(home),
      };
      const terminal = {
        ...real.terminal,
        canAsk: false,
        writeOut: (text: string | Uint8Array) => {
          written.out += typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
        },
        writeError: (text: string) => {
          written.error += text;
        },
      };
      const status = await run(words, { ...real, system, terminal, exec: systemExec(system) });
      return { status, stdout: written.out, stderr: written.error };
    },
    json: async <Document>(...words: readonly string[]) => {
      const { status, stdout, stderr } = await lab.devca(...words, '--json');
      if (status !== 0) throw new Error(`devca ${words.join(' ')}: ${stdout}${stderr}`);
      return JSON.parse(stdout) as Document;
    },
    attempt: (program, args, environment = {}) => {
      const { status, stdout, stderr } = spawnSync(toolOrFail(program), args, {
        cwd: home,
        env: { ...cleanEnvironment(home), ...environment },
        encoding: 'utf8',
        timeout: 60_000,
      });
      return { status, stdout, stderr };
    },
    tool: (program, args, environment) => {
      const { status, stdout, stderr } = lab.attempt(program, args, environment);
      if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stdout}${stderr}`);
      return stdout + stderr;
    },
  };
  return lab;
}

export interface ImportDocument {
  readonly imported: boolean;
  readonly issuesFrom: string;
  readonly authority: {
    readonly name: string;
    readonly root: { readonly file: string; readonly sha256: string };
    readonly intermediate: { readonly file: string } | null;
    readonly crl: { readonly file: string };
    readonly rootKeystore: string;
  };
  readonly certificates: { readonly taken: number; readonly revoked: number };
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
  readonly trust: readonly { readonly store: string; readonly status: string }[];
}
