// Runs public verification suites against verifyChain:
//   node scripts/conformance.ts [--wrong] [--all] FILE...
// Fails where a case is wrong that the exceptions don't name, where an excepted case is right, and on a crash.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Exceptions, formatScores, score } from './conformance-score.ts';
import { type CaseOutcome, readSuite, runSuite } from './conformance-suite.ts';

const EXCEPTIONS = new URL('../test/integration/conformance/exceptions.json', import.meta.url);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { wrong: { type: 'boolean', default: false }, all: { type: 'boolean', default: false } },
});
if (positionals.length === 0) {
  console.error('usage: node scripts/conformance.ts [--wrong] [--all] FILE...');
  process.exit(2);
}

const exceptions = JSON.parse(readFileSync(EXCEPTIONS, 'utf8')) as Exceptions;
const outcomes = positionals.flatMap((file) => runSuite(readSuite(file), new Date()));
const verdict = score(outcomes, exceptions);

console.log(formatScores(verdict.scores));
const { slowest } = verdict;
console.log(
  `\nmedian ${verdict.medianMs.toFixed(2)} ms a case, slowest ${slowest?.ms.toFixed(1)} ms (${slowest?.case.id})`,
);
if (values.wrong) print('wrong', verdict.wrong);
if (values.all) print('answered', outcomes);
print('right, but excepted', verdict.unexpected);
print('crashed', verdict.crashed);
console.log(
  `${verdict.wrong.length} wrong, ${verdict.unexpected.length} right but excepted, ${verdict.crashed.length} crashed`,
);
process.exitCode = verdict.wrong.length + verdict.unexpected.length + verdict.crashed.length > 0 ? 1 : 0;

function print(title: string, list: readonly CaseOutcome[]): void {
  for (const { case: each, results, crash } of list) {
    console.log(`\n${title}: ${each.id} (${each.tier}), expected ${each.expected}`);
    if (crash !== undefined) console.log(`  ${crash}`);
    for (const { problems } of results) {
      for (const { code, message, certificate } of problems) {
        console.log(`  ${code} ${certificate?.subject ?? ''}: ${message.slice(0, 300)}`);
      }
    }
  }
}
