// The process that stays root under `sudo devca`: lines of JSON on standard input, one answer to each on standard output.
import { userInfo } from 'node:os';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { systemExec } from './exec.ts';
import type { RootAnswer, RootRequest } from './root-client.ts';
import { foreignPartOf } from './root-owned.ts';
import { thisSystem } from './system.ts';
import { processTerminal } from './terminal.ts';

/** What the steps of stores need root for. */
const PROGRAMS = new Set([
  ...['install', 'dd', 'cp', 'mv', 'rm', 'rmdir', 'chmod'],
  ...['update-ca-certificates', 'update-ca-trust', 'certctl', 'certutil', 'keytool', 'security'],
]);

const { homedir } = userInfo();
const here = thisSystem();
const system = { ...here, homeFolder: homedir, environment: { ...here.environment, HOME: homedir } };
const exec = systemExec(system);
const terminal = processTerminal(system);

for await (const line of createInterface({ input: process.stdin })) {
  terminal.writeOut(`${JSON.stringify(await answer(JSON.parse(line) as RootRequest))}\n`);
}

async function answer({ program, args, stdin, timeoutMs }: RootRequest): Promise<RootAnswer> {
  try {
    if (!PROGRAMS.has(basename(program))) return { problem: 'root does not run it: no trust store needs it' };
    // By the name that was found, since some are many programs in one, which go by that.
    const foreign = foreignPartOf({ program: exec.find(program) ?? program, args });
    if (foreign !== undefined)
      return { problem: `root does not run it: others than root may change "${foreign.path}"` };
    return await exec.run(program, args, {
      stdin: Buffer.from(stdin, 'base64'),
      workingFolder: '/',
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
