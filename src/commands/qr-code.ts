import { encode } from 'uqr';
import type { World } from '../platform/world.ts';

/** Scanners want four light modules around the code (ISO/IEC 18004 section 9.1). */
const QUIET_ZONE = 4;

/** A QR code as rows of modules, with its margin; true is dark. Level M: a photographed screen is not a clean print. */
export function qrModules(text: string): readonly (readonly boolean[])[] {
  return encode(text, { ecc: 'M', border: QUIET_ZONE }).data;
}

/**
 * A QR code in half blocks, two rows of modules a line. With colours it is black on white whatever the terminal's own
 * colours are, so that it scans on dark and on light ones; without, light modules are drawn, as most terminals are dark.
 */
export function qrText(modules: readonly (readonly boolean[])[], colour: boolean): string {
  const lines: string[] = [];
  for (let row = 0; row < modules.length; row += 2) {
    const upper = modules[row] ?? [];
    const lower = modules[row + 1] ?? [];
    const cells = upper.map((dark, column) => {
      const [top, bottom] = [dark, lower[column] ?? false].map((module) => module === colour);
      if (top) return bottom ? '█' : '▀';
      return bottom ? '▄' : ' ';
    });
    lines.push(colour ? `${BLACK_ON_WHITE}${cells.join('')}${RESET}` : cells.join(''));
  }
  return lines.join('\n');
}

/** Whether a terminal shows a code of that width: wide enough, and in a locale that has the blocks. */
export function canShowQr(width: number, { terminal, system }: Pick<World, 'terminal' | 'system'>): boolean {
  const { LC_ALL, LC_CTYPE, LANG, TERM } = system.environment;
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '');
  const hasBlocks = system.platform === 'win32' || locale === undefined || /utf-?8/i.test(locale);
  return terminal.stdoutIsTerminal && terminal.columns >= width && hasBlocks && TERM !== 'dumb';
}

/** Of the 256 colours, which no theme changes: 16 is black and 231 white. */
const BLACK_ON_WHITE = '\u001b[38;5;16;48;5;231m';
const RESET = '\u001b[0m';
