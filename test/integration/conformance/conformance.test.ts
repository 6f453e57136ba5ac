import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type Exceptions, formatScores, score } from '../../../scripts/conformance-score.ts';
import { readSuite, runSuite } from '../../../scripts/conformance-suite.ts';

/** The suites are data of others and not part of the project: they lie beside the checkout or nowhere. */
const FOLDER = join(import.meta.dirname, '../../../../shared/suites');

/** What was reached before; a figure that drops is a fault. */
const REACHED: Readonly<Record<string, number>> = {
  'limbo core': 71,
  'limbo extended': 8,
  'limbo pedantic': 8,
  'bettertls-pathbuilding core': 39,
  'bettertls-nameconstraints core': 4233,
  'bettertls-nameconstraints soft': 581,
  'pkits core': 56,
  'pkits policy': 47,
  'pkits crl-advanced': 23,
};

const exceptions = JSON.parse(
  readFileSync(join(import.meta.dirname, 'exceptions.json'), 'utf8'),
) as Exceptions;

const suites = existsSync(FOLDER) ? readdirSync(FOLDER).filter((file) => file.endsWith('.json.gz')) : [];

if (suites.length === 0) {
  it('finds no verification suites beside the checkout', () => {
    expect(existsSync(FOLDER)).toBe(false);
  });
} else {
  describe.each(suites)('%s', (file) => {
    const verdict = score(runSuite(readSuite(join(FOLDER, file)), new Date()), exceptions);

    it('is answered rightly but for the exceptions, none of which is out of date', () => {
      const ids = (list: typeof verdict.wrong): string[] => list.map(({ case: { id } }) => id);
      expect(ids(verdict.wrong)).toEqual([]);
      expect(ids(verdict.unexpected)).toEqual([]);
      expect(ids(verdict.crashed)).toEqual([]);
    });

    it('does not fall behind what was reached', () => {
      process.stdout.write(`${formatScores(verdict.scores)}\n`);
      for (const { suite, tier, right } of verdict.scores) {
        expect(right).toBeGreaterThanOrEqual(REACHED[`${suite} ${tier}`] ?? 0);
      }
    });
  });
}
