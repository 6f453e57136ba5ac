import { describe, expect, it } from '@jest/globals';
import { terminalOutput } from '../../../src/cli/output.ts';
import { servingText } from '../../../src/commands/trust-serve-text.ts';
import { testWorld } from '../../support/test-world.ts';

const URL = 'http://192.168.1.5:40000/0123456789abcdef';

function textFor(terminal: { columns: number; stdoutIsTerminal: boolean }, wantsQr = true): string {
  const there = testWorld({ home: '/nowhere', environment: { LANG: 'C.UTF-8' } });
  const world = { ...there, terminal: { ...there.terminal, ...terminal } };
  const output = terminalOutput({ json: false, quiet: false, colour: false }, world);
  const place = { network: 'eth0', address: '192.168.1.5' } as Parameters<typeof servingText>[0]['place'];
  const serving = { url: URL, place, until: new Date(), minutes: 10, roots: [] };
  return servingText(serving, wantsQr, { world, output });
}

describe('what trust serve says', () => {
  it('has a QR code on a terminal that is wide enough', () => {
    expect(textFor({ columns: 80, stdoutIsTerminal: true })).toMatch(/[█▀▄]/);
  });

  it('says in one line that there is none because the terminal is too narrow', () => {
    const text = textFor({ columns: 30, stdoutIsTerminal: true });
    expect(text).toMatch(/^no QR code is shown: it is \d+ columns wide, and this terminal has 30$/m);
    expect(text).not.toMatch(/[█▀▄]/);
  });

  it('says nothing of a code where none is wanted, or where there is no terminal', () => {
    expect(textFor({ columns: 30, stdoutIsTerminal: true }, false)).not.toContain('QR');
    expect(textFor({ columns: 80, stdoutIsTerminal: false })).not.toContain('QR');
  });
});
