import { isAbsolute } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { scratchFolder } from '../../support/scratch.ts';
import { describeWith, toolOrFail } from '../../support/tools.ts';
import { CLIENTS } from './clients/clients.ts';
import type { Outputs } from './clients/command-line.ts';
import { judge } from './judge.ts';
import type { Case } from './scenario.ts';
import { startScenarios } from './scenarios.ts';

/** Lets a client meet every fault, and gives `explain` what it and the servers have to say. */
export function clientSuite(id: string, tools: readonly string[], atLeast: number): void {
  const client = CLIENTS.find((one) => one.id === id);
  describeWith(tools, `explain, of what ${id} says`, () => {
    const scratch = scratchFolder();
    let cases: Case[] = [];
    let outputs: Outputs = new Map();

    beforeAll(async () => {
      cases = await startScenarios(scratch);
      if (client === undefined) throw new Error(`there is no client "${id}"`);
      const tool = isAbsolute(client.tool) ? client.tool : toolOrFail(client.tool);
      outputs = await client.run(cases, scratch, tool);
    }, 60_000);
    afterAll(() => Promise.all(cases.map(({ server }) => server.close())));

    it('names every fault that the client refuses', () => {
      expect(outputs.size).toBeGreaterThanOrEqual(atLeast);
      for (const { id: name, faults } of cases) {
        const text = outputs.get(name);
        if (text !== undefined) judge(name, faults, text);
      }
    });

    it('names what the servers log about it', () => {
      for (const { id: name, faults, server } of cases) {
        const log = server.log();
        // Not every server notices: one that is told nothing logs nothing.
        if (/error|hang up|ECONN/i.test(log)) judge(`${name} at the server`, faults, log);
      }
    });
  });
}
