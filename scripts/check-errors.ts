// The error catalogue against everything that must agree with it: the tests, the style of messages, docs/errors.md,
// and the commands that hints (here and anywhere in the source) tell people to run. `--write` renews the document.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { GLOBAL_FLAGS } from '../src/cli/command.ts';
import { COMMANDS } from '../src/commands/index.ts';
import { catalogue, type ErrorCode } from '../src/errors/catalogue.ts';
import type { ErrorEntry } from '../src/errors/entry.ts';
import { placeholder } from '../src/errors/placeholder.ts';

const ROOT = resolve(import.meta.dirname, '..');
const DOCUMENT = join(ROOT, 'docs/errors.md');
const breaches: string[] = [];

const codes = Object.keys(catalogue).sort() as ErrorCode[];
const tests = sourcesIn('test')
  .map(({ text }) => text)
  .join('\n');
const thrown = sourcesIn('src')
  .filter(({ file }) => !file.startsWith('src/errors/'))
  .map(({ text }) => text)
  .join('\n');
for (const code of codes) {
  const { what, fixes } = render(code);
  if (!new RegExp(`'${code}'`).test(thrown)) breaches.push(`${code}: nothing throws it`);
  if (!new RegExp(`\\b${code}\\b`).test(tests)) breaches.push(`${code}: no test provokes it`);
  if (/^[A-Z](?![A-Z])/.test(what)) breaches.push(`${code}: the message begins with a capital: ${what}`);
  if (what.endsWith('.')) breaches.push(`${code}: the message ends with a full stop: ${what}`);
  if (fixes.length === 0) breaches.push(`${code}: no hint`);
  for (const fix of fixes)
    if (fix.endsWith('.')) breaches.push(`${code}: a hint ends with a full stop: ${fix}`);
}
await checkCommands();

const document = formatDocument();
if (process.argv.includes('--write')) writeFileSync(DOCUMENT, document);
else if (readIfPresent(DOCUMENT) !== document)
  breaches.push('docs/errors.md: differs from the catalogue; run "npm run docs"');

for (const breach of breaches) console.error(breach);
console.log(`errors: ${codes.length} codes, ${breaches.length} breaches`);
process.exitCode = breaches.length === 0 ? 0 : 1;

/** The texts of a row with the names of its values in the place of values. */
function render(code: ErrorCode): { what: string; fixes: readonly string[]; row: ErrorEntry<unknown> } {
  const row = catalogue[code] as unknown as ErrorEntry<unknown>;
  const context = placeholder('');
  return { what: String(row.what(context)), fixes: row.fix(context).map(String), row };
}

/** Every `"devca ..."` that the source tells people to type names a command and flags that are there. */
async function checkCommands(): Promise<void> {
  const known = new Map<string, readonly string[]>();
  for (const entry of COMMANDS) {
    const { flags } = await entry.load();
    known.set(entry.name, [...Object.keys(flags), ...Object.keys(GLOBAL_FLAGS)]);
  }
  const groups = new Set([...known.keys()].map((name) => name.split(' ')[0]));
  for (const { file, text } of sourcesIn('src')) {
    for (const [, line = ''] of text.matchAll(/"devca ([^"\n]*)"/g)) {
      const words = line
        .replaceAll(/(?<=\w)\$\{[^}]*\}+/g, '')
        .replaceAll(/\$\{[^}]*\}+/g, 'X')
        .split(' ');
      const name = known.has(words.slice(0, 2).join(' ')) ? words.slice(0, 2).join(' ') : (words[0] ?? '');
      const general =
        ['X', '...', 'COMMAND', '--help', '--version', 'help'].includes(name) ||
        (groups.has(name) && words.length === 1);
      const flags = known.get(name);
      if (flags === undefined && !general)
        breaches.push(`${file}: names a command that is not there: "devca ${line}"`);
      for (const word of words) {
        const flag = /^--([a-z-]+)/.exec(word)?.[1];
        if (flag !== undefined && flags !== undefined && !flags.includes(flag)) {
          breaches.push(`${file}: names a flag that is not there: "devca ${line}"`);
        }
      }
    }
  }
}

function formatDocument(): string {
  const forTable = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
  const rows = codes.map((code) => {
    const { what, fixes, row } = render(code);
    const hints = fixes.map(forTable).join('; ') + (row.see === undefined ? '' : ` (${row.see})`);
    return `| \`${code}\` | ${row.exit} | ${forTable(what)} | ${hints} |`;
  });
  return [
    '# Errors',
    '',
    'Made from the catalogue in `src/errors` by `npm run docs`. A code is never renamed. Words in angle brackets stand for values.',
    '',
    '## Exit statuses',
    '',
    '| status | meaning |',
    '|---|---|',
    '| 0 | done |',
    '| 1 | failed; also: refused by the constraint, or a target could not be checked |',
    '| 2 | the command line is wrong |',
    '| 3 | there is no authority, or the inventory does not know the name |',
    '| 4 | the thing that was checked is bad |',
    '| 5 | permission, a missing tool, or a trust store |',
    '| 70 | a bug in devca |',
    '| 126, 127 | `devca run`: the command cannot be run, or was not found; else its own status |',
    '| 130 | interrupted |',
    '',
    '## Codes',
    '',
    '| code | status | what happened | what to do |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function sourcesIn(folder: string): { file: string; text: string }[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ file: `${folder}/${name}`, text: readFileSync(join(ROOT, folder, name), 'utf8') }));
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
