import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { completionScript } from '../../../src/cli/completion.ts';
import { describeSpan, parseDuration } from '../../../src/cli/duration.ts';
import { terminalOutput, wantsColour } from '../../../src/cli/output.ts';
import { asDevcaError, renderError } from '../../../src/cli/render-error.ts';
import { nearest } from '../../../src/cli/suggestion.ts';
import { formatFields, formatTable } from '../../../src/cli/table.ts';
import { DevcaError } from '../../../src/errors/devca-error.ts';
import { testWorld } from '../../support/test-world.ts';

const plain = { style: (_style: string, text: string) => text };
const world = () => testWorld({ home: '/nowhere' });

describe('suggestions', () => {
  it.each([
    ['isue', 'issue'],
    ['lsit', 'list'],
    ['comp', 'completion'],
    ['xyzzy', undefined],
  ])('%s means %s', (word, meant) => {
    expect(nearest(word, ['init', 'issue', 'list', 'completion'])).toBe(meant);
  });
});

describe('durations', () => {
  it('are numbers with a unit', () => {
    expect(parseDuration('30d', '--expiring', 'list')).toBe(30 * 86_400_000);
    expect(() => parseDuration('soon', '--expiring', 'list')).toThrow(
      expect.objectContaining({ code: 'DEVCA_USAGE_VALUE' }),
    );
    expect(describeSpan(36 * 3_600_000)).toBe('36 hours');
    expect(describeSpan(3 * 86_400_000)).toBe('3 days');
  });
});

describe('tables', () => {
  it('pad columns and escape what is foreign', () => {
    const table = formatTable(
      ['NAME', 'N'],
      [
        ['a\u001b[2J', '1'],
        [{ text: 'bb', style: 'red' }, '22'],
      ],
      plain,
    );
    expect(table.split('\n')).toEqual(['NAME        N', 'a\\u{1b}[2J  1', 'bb          22']);
    expect(
      formatFields([
        ['a', '1'],
        ['long', '2'],
        ['none', undefined],
      ]),
    ).toBe('a     1\nlong  2');
  });
});

describe('tables of any length', () => {
  it.each([undefined, 70])('have as many rows as there are (%s columns)', (columns) => {
    const count = 200_000;
    const rows = Array.from({ length: count }, (_, index) => [`host-${index} with a name`, 'x'.repeat(60)]);
    const lines = formatTable(['NAME', 'FILE'], rows, columns === undefined ? plain : { ...plain, columns });
    expect(lines.split('\n').length).toBeGreaterThan(count);
  });
});

describe('tables on a narrow terminal', () => {
  const rows = [
    ['system', { text: 'trusted', style: 'green' as const }, 'the root is in the bundle'],
    ['nss:/home/a', 'unknown', '/a/path/that/has/no/blank/at/all'],
  ];
  const table = (columns?: number) =>
    formatTable(['STORE', 'STATUS', 'DETAIL'], rows, columns === undefined ? plain : { ...plain, columns });

  it('wrap the widest column at blanks too, where the last would have no place', () => {
    const names = 'orders.dev.internal, spiffe://dev.internal/orders';
    const text = formatTable(
      ['NAMES', 'PROFILE', 'STATUS', 'FILE'],
      [[names, 'service', 'valid', '/home/alice/work/orders.pem']],
      { ...plain, columns: 70 },
    );
    expect(text.split('\n')).toEqual([
      'NAMES                         PROFILE  STATUS  FILE',
      'orders.dev.internal,          service  valid   /home/alice/work/orders.pem',
      'spiffe://dev.internal/orders',
    ]);
  });

  it('wrap their last column at blanks', () => {
    expect(table(38).split('\n')).toEqual([
      'STORE        STATUS   DETAIL',
      'system       trusted  the root is in',
      '                      the bundle',
      'nss:/home/a  unknown  /a/path/that/has/no/blank/at/all',
    ]);
  });

  it('are blocks of lines where that has no place', () => {
    expect(table(30)).toBe(
      [
        'STORE   system',
        'STATUS  trusted',
        'DETAIL  the root is in the bundle',
        '',
        'STORE   nss:/home/a',
        'STATUS  unknown',
        'DETAIL  /a/path/that/has/no/blank/at/all',
      ].join('\n'),
    );
  });

  it('are as ever where they fit, or where there is no terminal', () => {
    expect(table(80)).toBe(table());
    const there = world();
    const options = { json: false, quiet: false, colour: false };
    expect(terminalOutput(options, there).columns).toBeUndefined();
    const terminal = { ...there.terminal, stdoutIsTerminal: true, columns: 40 };
    expect(terminalOutput(options, { terminal }).columns).toBe(40);
  });
});

describe('output', () => {
  it('is one document with schema 1 where JSON is wanted', () => {
    const there = world();
    terminalOutput({ json: true, quiet: false, colour: false }, there).report({ a: 1 }, () => 'text');
    expect(JSON.parse(there.written.out)).toEqual({ schema: 1, a: 1 });
  });

  it('keeps answers but leaves out reports and notes with --quiet', () => {
    const there = world();
    const output = terminalOutput({ json: false, quiet: true, colour: false }, there);
    output.report({}, () => 'report');
    output.note('note');
    output.warn('warning');
    output.result({}, () => 'answer');
    expect(there.written).toEqual({ out: 'answer\n', error: '' });
  });

  it('has colours only on a terminal that wants them', () => {
    const terminal = { ...world().terminal, stdoutIsTerminal: true, stderrIsTerminal: true };
    const system = (environment: Record<string, string>) => ({
      terminal,
      system: { ...world().system, environment },
    });
    expect(wantsColour(false, system({}))).toBe(true);
    expect(wantsColour(true, system({}))).toBe(false);
    expect(wantsColour(false, system({ NO_COLOR: '1' }))).toBe(false);
    expect(wantsColour(false, system({ TERM: 'dumb' }))).toBe(false);
    expect(wantsColour(false, world())).toBe(false);
  });
});

describe('errors', () => {
  it('are printed with their code and hints, foreign text escaped', () => {
    const there = world();
    const error = new DevcaError('DEVCA_FILE_NOT_FOUND', { path: 'x\n\u001b[31m' });
    renderError(error, { json: false, colour: false, debug: false }, there);
    expect(there.written.error).toBe(
      'devca: error: there is no file "x\\u{a}\\u{1b}[31m" [DEVCA_FILE_NOT_FOUND]\ndevca: hint: check the path for a typing error\n',
    );
    expect(there.written.out).toBe('');
  });

  it('are one JSON document where JSON is wanted', () => {
    const there = world();
    renderError(
      new DevcaError('DEVCA_FILE_EXISTS', { path: 'x' }),
      { json: true, colour: false, debug: false },
      there,
    );
    expect(JSON.parse(there.written.out)).toMatchObject({
      schema: 1,
      error: { code: 'DEVCA_FILE_EXISTS', context: { path: 'x' }, hints: [expect.any(String)] },
    });
  });

  it('that devca did not expect are bugs of devca: DEVCA_INTERNAL, status 70', () => {
    expect(asDevcaError(new TypeError('x is not a function'))).toMatchObject({
      code: 'DEVCA_INTERNAL',
      exitStatus: 70,
    });
  });
});

describe('completions', () => {
  const commands = [
    {
      name: 'issue',
      summary: "make a certificate, with it's key",
      flags: { profile: { type: 'string', choices: ['a', 'b'], describe: 'which' } },
    },
    {
      name: 'trust install',
      summary: 'trust',
      flags: {
        store: { type: 'list', describe: 'which' },
        profile: { type: 'string', choices: ['b'], describe: 'which' },
      },
    },
  ] as const;

  it.each([
    ['devca ', 'issue trust'],
    ['devca trust ', 'install'],
    ['devca issue --', '--profile'],
    ['devca trust install --', '--store --profile'],
    ['devca issue --profile ', 'a b'],
  ])('of bash complete "%s" with %s', (line, expected) => {
    const words = line.split(' ');
    const script =
      `${completionScript('bash', commands)}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _devca; echo "$` +
      '{COMPREPLY[*]}"';
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim()).toBe(expected);
  });

  it('exist for zsh and fish', () => {
    expect(completionScript('zsh', commands)).toContain('#compdef devca');
    expect(completionScript('fish', commands)).toContain("-l profile -x -a 'a b'");
  });
});
