// Checks the direction of imports, cycles, and who may touch the outside world. Prints every breach; exits 1 on any.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { VERSION } from '../src/version.ts';

const SOURCE = resolve(import.meta.dirname, '../src');

/** What the public face may import: everything but `cli` and `commands`. */
const BELOW_COMMANDS = [
  'authority',
  'formats',
  'lifecycle',
  'proof',
  'verification',
  'wire',
  'validation',
  'diagnosis',
  'profiles',
  'keystore',
  'inventory',
  'truststore',
  'runtimes',
  'pki',
  'platform',
  'config',
];

/** What each folder may import besides itself and `errors`. */
const ALLOWED: Record<string, readonly string[]> = {
  errors: [],
  platform: [],
  pki: [],
  diagnosis: [],
  validation: ['pki'],
  profiles: ['pki'],
  wire: ['pki', 'platform', 'validation', 'diagnosis'],
  keystore: ['platform', 'pki'],
  inventory: ['platform', 'pki'],
  truststore: ['platform', 'pki'],
  runtimes: ['platform', 'pki'],
  formats: ['pki', 'platform'],
  config: ['platform', 'pki'],
  cli: ['platform', 'pki'],
  authority: ['formats', 'profiles', 'validation', 'keystore', 'inventory', 'pki', 'platform'],
  lifecycle: [
    'authority',
    'formats',
    'truststore',
    'runtimes',
    'keystore',
    'inventory',
    'validation',
    'profiles',
    'pki',
    'platform',
  ],
  proof: ['authority', 'wire', 'validation', 'diagnosis', 'profiles', 'pki', 'platform'],
  verification: ['authority', 'inventory', 'validation', 'wire', 'diagnosis', 'pki', 'platform'],
  services: ['authority', 'profiles', 'inventory', 'pki', 'platform'],
  server: ['authority', 'formats', 'lifecycle', 'truststore', 'pki', 'platform'],
  library: BELOW_COMMANDS,
  index: ['library', ...BELOW_COMMANDS],
  commands: [
    'cli',
    'config',
    'authority',
    'formats',
    'lifecycle',
    'proof',
    'verification',
    'services',
    'server',
    'wire',
    'validation',
    'diagnosis',
    'profiles',
    'inventory',
    'truststore',
    'runtimes',
    'pki',
    'platform',
    'version',
  ],
  version: [],
  run: ['commands', 'cli', 'config', 'platform', 'version'],
  main: ['run', 'platform', 'version'],
};

/** Modules of the runtime and of others that only some folders may import. */
const RESERVED: readonly { readonly module: RegExp; readonly folders: readonly string[] }[] = [
  { module: /^(node:)?child_process$/, folders: ['platform'] },
  { module: /^(node:)?fs(\/promises)?$/, folders: ['platform', 'inventory', 'main'] },
  { module: /^better-sqlite3$/, folders: ['inventory'] },
  { module: /^keytar$/, folders: ['keystore'] },
  {
    module: /^(node:)?(tls|net|http|https|http2|dgram)$/,
    folders: ['proof', 'wire', 'server', 'acme', 'web'],
  },
  { module: /^(node:)?worker_threads$/, folders: ['proof', 'wire', 'platform'] },
  { module: /^yargs/, folders: ['cli'] },
  { module: /^uqr$/, folders: ['commands'] },
];

/** Things that only the outermost folders may do. */
const FORBIDDEN: readonly {
  readonly pattern: RegExp;
  readonly why: string;
  readonly except: readonly string[];
}[] = [
  { pattern: /\bconsole\./, why: 'prints', except: [] },
  { pattern: /\bprocess\.(env|argv)\b/, why: 'reads argv or the environment', except: ['platform', 'main'] },
  { pattern: /\bprocess\.exit(Code)?\b/, why: 'exits', except: [] },
  { pattern: /\bprocess\.(stdout|stderr|stdin)\b/, why: 'uses the terminal', except: ['platform'] },
  { pattern: /\bnew Date\(\)|\bDate\.now\(\)/, why: 'reads the clock', except: ['platform'] },
  { pattern: /\bMath\.random\(/, why: 'uses weak randomness', except: [] },
  { pattern: /from '\.\.?\/[^']*(?<!\.ts|\.json)'/, why: 'imports without an extension', except: [] },
];

const LINE_LIMIT = 400;

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .sort();
const imports = new Map<string, string[]>();
const breaches: string[] = [];

for (const file of files) {
  const text = readFileSync(join(SOURCE, file), 'utf8');
  const code = text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/^\s*\/\/.*$/gm, '');
  const folder = folderOf(file);
  const allowed = ALLOWED[folder];
  if (allowed === undefined)
    breaches.push(`${file}: the folder "${folder}" has no row in the table of layers`);
  for (const target of importsOf(code)) {
    if (target.startsWith('.')) {
      const path = relative(SOURCE, resolve(SOURCE, dirname(file), target));
      if (path.startsWith('..')) {
        if (!path.startsWith('../templates/')) breaches.push(`${file}: imports "${target}" from outside src`);
        continue;
      }
      const other = folderOf(path);
      if (other !== folder && other !== 'errors' && !(allowed ?? []).includes(other)) {
        breaches.push(`${file}: "${folder}" may not import "${other}"`);
      }
      imports.set(file, [...(imports.get(file) ?? []), path]);
      continue;
    }
    for (const { module, folders } of RESERVED) {
      if (module.test(target) && !folders.includes(folder)) {
        breaches.push(`${file}: only ${folders.join(', ')} may import "${target}"`);
      }
    }
  }
  for (const { pattern, why, except } of FORBIDDEN) {
    if (!except.includes(folder) && pattern.test(code)) breaches.push(`${file}: ${why} (${pattern.source})`);
  }
  const lines = text.split('\n').length - 1;
  if (lines > LINE_LIMIT) breaches.push(`${file}: ${lines} lines, more than ${LINE_LIMIT}`);
}
for (const cycle of cyclesIn(imports)) breaches.push(`import cycle: ${cycle.join(' -> ')}`);

const packageVersion = JSON.parse(readFileSync(join(SOURCE, '../package.json'), 'utf8')).version;
if (VERSION !== packageVersion)
  breaches.push(`version.ts: ${VERSION} is not package.json's ${packageVersion}`);

for (const breach of breaches) console.error(breach);
console.log(`architecture: ${files.length} files, ${breaches.length} breaches`);
process.exitCode = breaches.length === 0 ? 0 : 1;

function folderOf(file: string): string {
  const [first = '', second] = file.split('/');
  return second === undefined ? first.replace(/\.ts$/, '') : first;
}

/** Value and type imports, static and dynamic. */
function importsOf(code: string): string[] {
  return [...code.matchAll(/(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)'([^']+)'/g)].map(
    (match) => match[1] ?? '',
  );
}

/** One cycle for each file that is first met again on the way down. Lazy imports count as well, but for commands. */
function cyclesIn(graph: Map<string, string[]>): string[][] {
  const state = new Map<string, 'open' | 'done'>();
  const found: string[][] = [];
  const visit = (file: string, path: string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      found.push([...path.slice(path.indexOf(file)), file]);
      return;
    }
    state.set(file, 'open');
    for (const next of graph.get(file) ?? []) {
      // The table of commands loads commands lazily, and `completion` reads the table: that one loop is meant.
      if (file === 'commands/index.ts') continue;
      visit(next, [...path, file]);
    }
    state.set(file, 'done');
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}
