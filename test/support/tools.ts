import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe } from '@jest/globals';

/** The absolute path of a program on the PATH, or `undefined`. */
export function findTool(program: string): string | undefined {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']) {
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/** The path of a program that a test cannot do without. */
export function toolOrFail(program: string): string {
  const path = findTool(program);
  if (path === undefined) throw new Error(`this test needs "${program}": run scripts/install-peers.sh`);
  return path;
}

/** A suite for real tools: skipped, with their names, where one is missing; CI allows no skip. */
export function describeWith(programs: readonly string[], name: string, suite: () => void): void {
  const missing = programs.filter((program) => findTool(program) === undefined);
  if (missing.length === 0) describe(name, suite);
  else describe.skip(`${name} (needs ${missing.join(', ')})`, suite);
}

/** This process's environment without the variables that would decide trust, and with a home of its own. */
export function cleanEnvironment(home: string): Record<string, string> {
  const { PATH = '', LANG = 'C.UTF-8' } = process.env;
  return { PATH, LANG, HOME: home };
}
