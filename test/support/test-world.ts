import type { Exec, ExecOutcome } from '../../src/platform/exec.ts';
import { systemFiles } from '../../src/platform/files.ts';
import { absentPerson } from '../../src/platform/person.ts';
import { systemRandom } from '../../src/platform/random.ts';
import type { System } from '../../src/platform/system.ts';
import type { World } from '../../src/platform/world.ts';

export interface TestWorld extends World {
  /** What was written so far. */
  readonly written: { out: string; error: string };
  /** Every program that was run, as one line each. */
  readonly programs: string[];
}

export interface TestWorldOptions {
  readonly home: string;
  readonly now?: Date;
  readonly environment?: Readonly<Record<string, string>>;
  readonly system?: Partial<System>;
  readonly input?: Uint8Array;
  /** Answers for questions, in order, then the input ends; with them there is a terminal. */
  readonly answers?: readonly string[];
  /** That of every key. */
  readonly passphrase?: string;
  /** What a program answers; without an entry it is not installed. */
  readonly outcomes?: Readonly<Record<string, Partial<ExecOutcome>>>;
}

/** A world with a given time, a scratch home, captured output and recorded programs; its files are real but for some. */
export function testWorld(options: TestWorldOptions): TestWorld {
  const written = { out: '', error: '' };
  const programs: string[] = [];
  const answers = [...(options.answers ?? [])];
  const answer = (question: string): Promise<string | undefined> => {
    written.error += question;
    return Promise.resolve(answers.shift());
  };
  return {
    written,
    programs,
    clock: {
      now: () => options.now ?? new Date('2026-06-01T12:00:00Z'),
      monotonicMs: () => performance.now(),
    },
    random: systemRandom,
    files: { ...systemFiles, readIfPresent: readUnlessSettings },
    exec: recordedPrograms(programs, options.outcomes ?? {}),
    system: {
      platform: 'linux',
      userName: 'ada',
      uid: process.getuid?.(),
      homeFolder: options.home,
      hostName: 'engine',
      workingFolder: options.home,
      environment: { HOME: options.home, ...options.environment },
      processId: process.pid,
      runtimeVersion: process.version,
      ...options.system,
    },
    person: absentPerson(
      options.passphrase === undefined ? undefined : { text: options.passphrase, source: 'a test' },
    ),
    terminal: {
      canAsk: options.answers !== undefined,
      stdoutIsTerminal: false,
      stderrIsTerminal: false,
      columns: 80,
      writeOut: (text) => {
        written.out += typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
      },
      writeError: (text) => {
        written.error += text;
      },
      readInput: () => Promise.resolve(options.input ?? new Uint8Array()),
      ask: answer,
      askHidden: answer,
    },
  };
}

/** Settings of this machine's tools about trust, which are no matter of a test. */
const MACHINE_SETTINGS = [
  '/etc/gitconfig',
  '/etc/pip.conf',
  '/etc/wgetrc',
  '/etc/conda/.condarc',
  '/etc/npmrc',
  '/usr/etc/npmrc',
];

const readUnlessSettings: typeof systemFiles.readIfPresent = (path, ...limit) =>
  MACHINE_SETTINGS.includes(path) ? undefined : systemFiles.readIfPresent(path, ...limit);

function recordedPrograms(
  programs: string[],
  outcomes: Readonly<Record<string, Partial<ExecOutcome>>>,
): Exec {
  return {
    find: (program) => (outcomes[program] === undefined ? undefined : `/usr/bin/${program}`),
    run: (program, args) => {
      programs.push([program, ...args].join(' '));
      const outcome = outcomes[program] ?? { status: 127 };
      return Promise.resolve({
        program,
        args,
        status: 0,
        signal: null,
        stdout: '',
        stderr: '',
        timedOut: false,
        ...outcome,
      });
    },
  };
}
