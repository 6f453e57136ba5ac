import { describe, expect, it } from '@jest/globals';
import { formatCsv } from '../../../src/cli/csv.ts';

describe('comma-separated values', () => {
  it('quotes what would break the line', () => {
    expect(
      formatCsv(
        ['a', 'b'],
        [
          ['1', 'x, "y"'],
          ['two\nlines', ''],
        ],
      ),
    ).toBe('a,b\r\n1,"x, ""y"""\r\n"two\nlines",\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx'])('lets no spreadsheet take %j for a formula', (text) => {
    expect(formatCsv(['a'], [[text]])).toBe(`a\r\n'${text}\r\n`);
  });
});
