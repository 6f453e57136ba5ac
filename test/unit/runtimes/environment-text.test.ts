import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { systemRandom } from '../../../src/platform/random.ts';
import {
  canUnset,
  defaultMedium,
  environmentText,
  MEDIA,
  type Medium,
  usageOf,
} from '../../../src/runtimes/environment-text.ts';
import { codeOf } from '../../support/coded.ts';
import { testWorld } from '../../support/test-world.ts';

const zeros = (length: number): Uint8Array => new Uint8Array(length);
const textOf = (value: string | undefined, medium: Medium): string =>
  environmentText([{ name: 'A', value }], medium, zeros);

describe('the text of an environment', () => {
  const DELIMITER = `devca_${'00'.repeat(16)}`;

  it.each<[Medium, string, string]>([
    ['bash', 'export A=/tmp/a.pem\n', `export A='it'\\''s $HOME "\\"'\n`],
    ['zsh', 'export A=/tmp/a.pem\n', `export A='it'\\''s $HOME "\\"'\n`],
    ['fish', "set -gx A '/tmp/a.pem'\n", `set -gx A 'it\\'s $HOME "\\\\"'\n`],
    ['powershell', "$env:A = '/tmp/a.pem'\n", `$env:A = 'it''s $HOME "\\"'\n`],
    [
      'github',
      `A<<${DELIMITER}\n/tmp/a.pem\n${DELIMITER}\n`,
      `A<<${DELIMITER}\nit's $HOME "\\"\n${DELIMITER}\n`,
    ],
    ['json', '{\n  "A": "/tmp/a.pem"\n}\n', `{\n  "A": "it's $HOME \\"\\\\\\""\n}\n`],
  ])('says a plain and an odd value in %s', (medium, plain, odd) => {
    expect(textOf('/tmp/a.pem', medium)).toBe(plain);
    expect(textOf('it\'s $HOME "\\"', medium)).toBe(odd);
  });

  it('doubles what PowerShell takes for apostrophes', () => {
    expect(textOf('a\u2019b', 'powershell')).toBe("$env:A = 'a\u2019\u2019b'\n");
  });

  it('says in cmd and .env files what can be said there', () => {
    expect(textOf('C:\\Users\\ada l\\a.pem', 'cmd')).toBe('set "A=C:\\Users\\ada l\\a.pem"\n');
    expect(textOf('/tmp/a.pem', 'dotenv')).toBe('A=/tmp/a.pem\n');
    expect(textOf('/tmp/a $b #c "d"', 'dotenv')).toBe(`A='/tmp/a $b #c "d"'\n`);
  });

  it.each<[Medium, readonly string[]]>([
    ['bash', ['a\nb', 'a\u001bb', '\ud800']],
    ['fish', ['a\nb']],
    ['powershell', ['a\nb', 'a\u2028b']],
    ['cmd', ['a%b', 'a!b', 'a"b', 'a\r']],
    ['dotenv', ["it's", 'a\nb']],
    ['github', ['a\nb']],
  ])('refuses what %s has no words for', (medium, values) => {
    for (const value of values)
      expect([value, codeOf(() => textOf(value, medium))]).toEqual([value, 'DEVCA_RUNTIME_VALUE']);
  });

  it('takes variables away where that can be said', () => {
    expect(MEDIA.filter((medium) => !canUnset(medium))).toEqual(['dotenv', 'github']);
    expect(textOf(undefined, 'bash')).toBe('unset A\n');
    expect(textOf(undefined, 'fish')).toBe('set -e A\n');
    expect(textOf(undefined, 'powershell')).toBe('Remove-Item Env:A -ErrorAction SilentlyContinue\n');
    expect(textOf(undefined, 'cmd')).toBe('set "A="\n');
    expect(textOf(undefined, 'json')).toBe('{\n  "A": null\n}\n');
  });

  it('is read by a real shell as it was meant, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 12 }), (value) => {
        if (codeOf(() => textOf(value, 'bash')) !== 'nothing was thrown') return;
        const script = `${textOf(value, 'bash')}printf %s "$A"`;
        expect(spawnSync('sh', ['-c', script], { encoding: 'utf8' }).stdout).toBe(value);
      }),
      { numRuns: 25 },
    );
  });

  it('never lets a value end its line, but for the two lines of GitHub', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...MEDIA), (value, medium) => {
        if (codeOf(() => textOf(value, medium)) !== 'nothing was thrown') return;
        const lines = environmentText([{ name: 'A', value }], medium, systemRandom).split('\n').length - 1;
        expect(lines).toBe(medium === 'github' || medium === 'json' ? 3 : 1);
      }),
    );
  });

  it.each<[Medium, Record<string, string>, NodeJS.Platform]>([
    ['bash', { SHELL: '/bin/bash' }, 'linux'],
    ['bash', { SHELL: '/bin/dash' }, 'linux'],
    ['bash', {}, 'linux'],
    ['zsh', { SHELL: '/usr/bin/zsh' }, 'darwin'],
    ['fish', { SHELL: '/usr/bin/fish' }, 'linux'],
    ['powershell', {}, 'win32'],
    ['bash', { SHELL: 'C:\\Program Files\\Git\\usr\\bin\\bash.exe' }, 'win32'],
  ])('is for %s by default with %j on %s', (medium, environment, platform) => {
    const { system } = testWorld({ home: '/home/ada', system: { platform } });
    expect(defaultMedium({ ...system, environment })).toBe(medium);
  });

  it('says how each is put to use', () => {
    expect(MEDIA.map((medium) => [medium, usageOf(medium)])).toEqual([
      ['bash', 'eval "$(devca env)"'],
      ['zsh', 'eval "$(devca env)"'],
      ['fish', 'devca env --shell fish | source'],
      ['powershell', 'devca env --shell powershell | Out-String | Invoke-Expression'],
      ['cmd', `for /f "delims=" %i in ('devca env --shell cmd') do @%i`],
      ['dotenv', 'devca env --shell dotenv > .env.devca'],
      ['github', 'devca env --shell github >> "$GITHUB_ENV"'],
      ['json', undefined],
    ]);
  });
});
