import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { storePassword } from '../../../src/formats/password.ts';
import { codeOf } from '../../support/coded.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

const home = scratchFolder();

function withFile(text: string, environment: Readonly<Record<string, string>> = {}) {
  writeFileSync(join(home, 'pw'), text);
  return storePassword('pw', testWorld({ home, environment }));
}

describe('the password of a store', () => {
  it('is the first line of the file, before the variable', () => {
    const expected = { text: ' a password ', isGenerated: false };
    expect(withFile(' a password \r\nanother\n', { DEVCA_PASSWORD: 'variable' })).toEqual(expected);
  });

  it('is the variable where there is no file', () => {
    const world = testWorld({ home, environment: { DEVCA_PASSWORD: 'variable' } });
    expect(storePassword(undefined, world)).toEqual({ text: 'variable', isGenerated: false });
  });

  it('is made where none is given, never the same twice', () => {
    const world = testWorld({ home });
    const made = Array.from({ length: 50 }, () => storePassword(undefined, world));
    for (const { text, isGenerated } of made) {
      expect(isGenerated).toBe(true);
      expect(text).toMatch(/^([a-km-np-z2-9]{4}-){5}[a-km-np-z2-9]{4}$/);
    }
    expect(new Set(made.map(({ text }) => text)).size).toBe(50);
  });

  it('is refused where readers would disagree about it, without being shown', () => {
    for (const text of ['', '\nsecond line', 'pässword', 'tab\there', 'short', 'x'.repeat(257)]) {
      expect(codeOf(() => withFile(text))).toBe('DEVCA_PASSWORD_UNUSABLE');
      expect(() => withFile(text)).toThrow(/the password from "pw" cannot protect a store: (it|character)/);
    }
    const world = testWorld({ home, environment: { DEVCA_PASSWORD: '' } });
    expect(codeOf(() => storePassword(undefined, world))).toBe('DEVCA_PASSWORD_UNUSABLE');
  });

  it('is asked for in a file that must be there', () => {
    expect(codeOf(() => storePassword('missing', testWorld({ home })))).toBe('DEVCA_FILE_NOT_FOUND');
  });
});
