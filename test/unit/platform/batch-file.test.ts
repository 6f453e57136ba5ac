import { describe, expect, it } from '@jest/globals';
import { windowsCommand } from '../../../src/platform/batch-file.ts';
import { codeOf } from '../../support/coded.ts';

const ENVIRONMENT = {
  Path: 'C:\\Windows;C:\\Program Files\\nodejs\\',
  PATHEXT: '.COM;.EXE;.BAT;.CMD',
  ComSpec: 'C:\\Windows\\System32\\cmd.exe',
};

const commandFor = (files: readonly string[], command: string, ...args: string[]) =>
  windowsCommand(command, args, ENVIRONMENT, (path) => files.includes(path));

describe('a command on Windows', () => {
  const NPM = 'C:\\Program Files\\nodejs\\npm.CMD';

  it('is started as it is where it is a program', () => {
    const node = 'C:\\Program Files\\nodejs\\node.EXE';
    expect(commandFor([node], 'node', '-e', '"%a"')).toEqual({
      program: node,
      args: ['-e', '"%a"'],
      verbatim: false,
    });
    expect(commandFor([], 'nothing', 'a')).toEqual({ program: 'nothing', args: ['a'], verbatim: false });
  });

  it('goes through the interpreter where it is a batch file, with every word in quotes', () => {
    expect(commandFor([NPM], 'npm', 'run', 'a & b', '^<>|()', '')).toEqual({
      program: 'C:\\Windows\\System32\\cmd.exe',
      args: ['/d', '/s', '/v:off', '/c', `""${NPM}" "run" "a & b" "^<>|()" """`],
      verbatim: true,
    });
  });

  it('is found by its path too, and never without an ending', () => {
    expect(commandFor(['.\\x.CMD'], '.\\x').verbatim).toBe(true);
    expect(commandFor(['.\\x.cmd', '.\\x'], '.\\x.cmd').verbatim).toBe(true);
    expect(commandFor(['C:\\Program Files\\nodejs\\npm', NPM], 'npm').verbatim).toBe(true);
  });

  it.each(['"', '%PATH%', '!x!', 'a\nb', 'C:\\'])(
    'is refused where a batch file cannot be given %j',
    (word) => {
      expect(codeOf(() => commandFor([NPM], 'npm', word))).toBe('DEVCA_RUN_REFUSED');
    },
  );
});
