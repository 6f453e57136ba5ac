import { describe, expect, it } from '@jest/globals';
import { canShowQr, qrModules, qrText } from '../../../src/commands/qr-code.ts';
import { testWorld } from '../../support/test-world.ts';

const URL = 'http://192.168.100.100:65535/00112233445566778899aabbccddeeff';

/** What the characters show, as dark modules. */
function modulesOf(text: string, drawsDark: boolean): boolean[][] {
  return text.split('\n').flatMap((line) => {
    const cells = [...line.replaceAll(/\u001b\[[0-9;]*m/g, '')];
    return ['█▀', '█▄'].map((halves) => cells.map((cell) => halves.includes(cell) === drawsDark));
  });
}

describe('a QR code on the terminal', () => {
  it('has a margin of four modules, and fits into half a terminal', () => {
    const modules = qrModules(URL);
    const size = modules.length;
    expect(size).toBeLessThanOrEqual(41);
    for (const row of modules) expect(row).toHaveLength(size);
    const border = modules.filter((_row, index) => index < 4 || index >= size - 4).flat();
    expect(border).not.toContain(true);
    expect(modules[4]?.slice(4, 11)).toEqual(Array(7).fill(true));
  });

  it.each([true, false])('shows every module in half blocks, with colours: %s', (colour) => {
    const modules = qrModules(URL);
    const shown = modulesOf(qrText(modules, colour), colour);
    expect(shown.slice(0, modules.length)).toEqual(modules);
    // A last line of half a row is light where there are colours, and the terminal's own elsewhere.
    expect(shown.length - modules.length).toBe(modules.length % 2);
  });

  it('is black on white by colours that no theme changes, each line by itself', () => {
    for (const line of qrText(qrModules(URL), true).split('\n'))
      expect(line).toMatch(/^\u001b\[38;5;16;48;5;231m[ █▀▄]+\u001b\[0m$/);
    expect(qrText(qrModules(URL), false)).not.toContain('\u001b');
  });

  it.each([
    [{ LANG: 'en_US.UTF-8' }, 80, true, true],
    [{}, 80, true, true],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, 80, true, false],
    [{ LANG: 'de_DE.ISO-8859-1' }, 80, true, false],
    [{ LC_CTYPE: 'C.utf8', LANG: 'C' }, 80, true, true],
    [{ LANG: 'en_US.UTF-8', TERM: 'dumb' }, 80, true, false],
    [{ LANG: 'en_US.UTF-8' }, 40, true, false],
    [{ LANG: 'en_US.UTF-8' }, 80, false, false],
  ])(
    'in %j, %i columns wide, on a terminal: %s, is shown: %s',
    (environment, columns, isTerminal, isShown) => {
      const world = testWorld({ home: '/nowhere', environment });
      const terminal = { ...world.terminal, columns, stdoutIsTerminal: isTerminal };
      expect(canShowQr(41, { ...world, terminal })).toBe(isShown);
    },
  );
});
