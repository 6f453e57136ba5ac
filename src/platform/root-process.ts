// The process that stays root under `sudo devca`: lines of JSON on standard input, one answer to each on standard output.
import { realpathSync } from 'node:fs';
import { userInfo } from 'node:os';
import { createInterface } from 'node:readline';
import { systemExec } from './exec.ts';
import type { RootAnswer, RootRequest } from './root-client.ts';
import { foreignPart } from './root-owned.ts';
import { thisSystem } from './system.ts';
import { processTerminal } from './terminal.ts';

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
    const path = exec.find(program);
    const owner = path === undefined ? undefined : foreignPart(realpathSync(path));
    if (owner !== undefined)
      return { problem: `root does not run it: others than root may change "${owner}"` };
    return await exec.run(program, args, {
      stdin: Buffer.from(stdin, 'base64'),
      workingFolder: '/',
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
