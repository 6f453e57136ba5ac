import { expect, it } from '@jest/globals';
import { describeWith } from '../../support/tools.ts';
import { newUser, serve } from './lab.ts';
import { lookAs, type Phone } from './phone.ts';

const IPHONE: Phone = {
  width: 360,
  scheme: 'light',
  userAgent:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1',
};
const ANDROID: Phone = {
  width: 320,
  scheme: 'dark',
  userAgent:
    'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36',
};

/** Lines of text on screen that are wider than the screen, with everything opened. */
const OVERFLOW = `document.querySelectorAll('details').forEach((each) => { each.open = true; });
  document.documentElement.scrollWidth - innerWidth`;
const OPENED = `[...document.querySelectorAll('details[open] > summary')].map((each) => each.textContent).join()`;
const FINGERPRINT = `document.querySelector('.fingerprint').innerText.replaceAll(/\\s/g, '')`;
const ROWS = `new Set([...document.querySelectorAll('.fingerprint span')].map((each) => each.offsetTop)).size`;
const BACKGROUND = `getComputedStyle(document.body).backgroundColor`;
const SMALLEST_BUTTON = `Math.min(...[...document.querySelectorAll('details[open] .button')].map((each) => each.offsetHeight))`;
const HEADINGS = `[...document.querySelectorAll('h1, h2, h3')].map((each) => each.tagName).join()`;

describeWith(['chromium'], 'the page on a phone', () => {
  it.each([
    ['an iPhone', IPHONE, 'iPhone and iPad', 'rgb(246, 247, 249)'],
    ['a small Android phone in the dark', ANDROID, 'Android', 'rgb(18, 22, 29)'],
  ] as const)('is whole and legible on %s', async (_what, phone, opened, background) => {
    const serving = await serve(newUser());
    try {
      const looks = [OPENED, FINGERPRINT, ROWS, BACKGROUND, SMALLEST_BUTTON, HEADINGS, OVERFLOW];
      const { values, complaints } = await lookAs(phone, serving.url, looks);
      expect(complaints).toEqual([]);
      const [open, fingerprint, rows, colour, height, headings, overflow] = values;
      expect({ open, fingerprint, rows, colour, headings, overflow }).toEqual({
        open: opened,
        fingerprint: serving.roots[0]?.sha256,
        rows: 4,
        colour: background,
        headings: 'H1,H2,H3,H2',
        overflow: 0,
      });
      expect(height).toBeGreaterThanOrEqual(48);
    } finally {
      await serving.end('SIGINT');
    }
  });
});
