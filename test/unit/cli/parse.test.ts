import { describe, expect, it } from '@jest/globals';
import { defineCommand } from '../../../src/cli/command.ts';
import { parseLine } from '../../../src/cli/parse.ts';
import { isDevcaError } from '../../../src/errors/devca-error.ts';

const command = defineCommand({
  name: 'bake',
  summary: 'bake',
  positionals: { dish: { describe: 'what', required: true }, extras: { describe: 'with what', many: true } },
  flags: {
    heat: { type: 'number', describe: 'degrees' },
    oven: { type: 'string', choices: ['gas', 'wood'], describe: 'which' },
    with: { type: 'list', describe: 'a topping' },
    hot: { type: 'string', optional: true, describe: 'how hot, where it is to be hot' },
    'no-salt': { type: 'boolean', describe: 'without salt' },
  },
  examples: [],
  run: () => Promise.resolve(0),
});

const parsed = (...words: string[]) => parseLine(command, words);

function codeOf(...words: string[]): string {
  try {
    parsed(...words);
    return 'no error';
  } catch (error) {
    return isDevcaError(error) ? error.code : String(error);
  }
}

describe('a command line', () => {
  it.each([
    [['pie'], { dish: 'pie', extras: [] }, {}],
    [['pie', 'a', 'b'], { dish: 'pie', extras: ['a', 'b'] }, {}],
    [['--heat', '200', 'pie'], { dish: 'pie', extras: [] }, { heat: 200 }],
    [['pie', '--heat=7', '--no-salt'], { dish: 'pie', extras: [] }, { heat: 7, 'no-salt': true }],
    [['pie', '--with', 'a', '--with', 'b', 'c'], { dish: 'pie', extras: ['c'] }, { with: ['a', 'b'] }],
    [['pie', '--oven', 'wood', '-q'], { dish: 'pie', extras: [] }, { oven: 'wood', quiet: true }],
    [['pie', '--hot'], { dish: 'pie', extras: [] }, { hot: '' }],
    [['--hot', 'very', 'pie'], { dish: 'pie', extras: [] }, { hot: 'very' }],
    [['--hot', '-q', 'pie'], { dish: 'pie', extras: [] }, { hot: '', quiet: true }],
    [['--hot=very', 'pie'], { dish: 'pie', extras: [] }, { hot: 'very' }],
    [['007', '1e3'], { dish: '007', extras: ['1e3'] }, {}],
    [['--', '-x', 'y'], { dish: '-x', extras: ['y'] }, {}],
    [['--home', '/x', 'pie'], { dish: 'pie', extras: [] }, { home: '/x' }],
  ] as const)('%j is read by the tables of its command', (words, positionals, flags) => {
    const { args } = parsed(...words);
    expect(args.positionals).toEqual(positionals);
    expect(args.flags).toMatchObject(flags);
  });

  it('keeps what stands after -- for a command that runs another', () => {
    const { args } = parseLine({ ...command, rest: 'a program' }, ['pie', '--', '-x', 'y']);
    expect(args).toMatchObject({ rest: ['-x', 'y'], positionals: { dish: 'pie', extras: [] } });
  });

  it.each([
    [[], 'DEVCA_USAGE_INVALID'],
    [[''], 'DEVCA_USAGE_INVALID'],
    [['pie', '--heat', 'hot'], 'DEVCA_USAGE_VALUE'],
    [['pie', '--heat', '-1'], 'DEVCA_USAGE_VALUE'],
    [['pie', '--heat'], 'DEVCA_USAGE_INVALID'],
    [['pie', '--heat', '1', '--heat', '2'], 'DEVCA_USAGE_INVALID'],
    [['pie', '--oven', 'coal'], 'DEVCA_USAGE_VALUE'],
    [['pie', '--oven='], 'DEVCA_USAGE_VALUE'],
    [['pie', '--haet', '1'], 'DEVCA_USAGE_UNKNOWN_FLAG'],
    [['pie', '-z'], 'DEVCA_USAGE_UNKNOWN_FLAG'],
    [['pie', '--__proto__', 'x'], 'DEVCA_USAGE_UNKNOWN_FLAG'],
  ] as const)('%j is refused with %s', (words, code) => {
    expect(codeOf(...words)).toBe(code);
  });

  it('suggests the flag that was meant', () => {
    expect(() => parsed('pie', '--hea', '1')).toThrow(
      expect.objectContaining({ hints: expect.arrayContaining(['did you mean "--heat"?']) }),
    );
  });

  it('asks for no arguments where help is wanted', () => {
    expect(parsed('-h').wantsHelp).toBe(true);
  });
});
