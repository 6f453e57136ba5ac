import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { commandsOf, type Step, shellScript } from '../../../src/truststore/step.ts';

const write: Step = {
  kind: 'write',
  path: '/a b/root.crt',
  text: 'PEM\n',
  mode: 0o644,
  needsRoot: true,
  why: 'add the root',
};
const remove: Step = { kind: 'remove', path: "/it's", needsRoot: false, why: 'remove it' };

describe('steps', () => {
  it('write files through programs that make them anew with their final mode', () => {
    expect(commandsOf(write, 'linux')).toEqual([
      { program: 'install', args: ['-m', '0644', '/dev/null', '/a b/root.crt'], needsRoot: true },
      {
        program: 'dd',
        args: ['of=/a b/root.crt', 'conv=notrunc,fsync', 'status=none'],
        stdin: 'PEM\n',
        needsRoot: true,
      },
    ]);
  });

  it.each(['darwin', 'freebsd'] as const)('use no operand of dd that %s may not have', (platform) => {
    expect(commandsOf(write, platform)[1]).toMatchObject({ args: ['of=/a b/root.crt', 'conv=notrunc'] });
  });

  it('have comments that stay comments, whatever a foreign name in them holds', () => {
    const why = 'set the trust of "a\nrm -rf ~\u001b[2J"';
    const step: Step = { kind: 'run', program: 'true', args: [], needsRoot: false, why };
    expect(shellScript([step], 'linux')).toBe('# set the trust of "a\\u{a}rm -rf ~\\u{1b}[2J"\ntrue\n');
  });

  it('print as lines that a shell reads as the very same words', () => {
    expect(shellScript([write, remove], 'linux')).toBe(
      [
        '# add the root',
        "sudo install -m 0644 /dev/null '/a b/root.crt'",
        "sudo dd 'of=/a b/root.crt' conv=notrunc,fsync status=none <<'DEVCA_END'\nPEM\nDEVCA_END",
        '# remove it',
        "rm -f -- '/it'\\''s'",
        '',
      ].join('\n'),
    );
    const echo: Step = {
      kind: 'run',
      program: 'printf',
      args: ['%s|', "a'b", '$HOME', '*'],
      needsRoot: true,
      why: 'x',
    };
    expect(execFileSync('sh', ['-c', shellScript([echo], 'linux', [])]).toString()).toBe("a'b|$HOME|*|");
  });
});
