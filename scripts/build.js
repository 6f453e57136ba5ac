// Bundles the program and the library into dist/.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
// Built beside the old one and put in its place at the end: a program that starts meanwhile finds all its files.
const partial = 'dist.partial';
rmSync(root + partial, { recursive: true, force: true });

/** Packages whose code is in what was built: their licences go with it. */
const bundled = new Set();

async function build(options) {
  const { metafile } = await esbuild.build({ ...options, metafile: true });
  for (const input of Object.keys(metafile.inputs)) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1];
    if (name !== undefined) bundled.add(name);
  }
}

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node22.14',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  mainFields: ['module', 'main'],
  external: ['better-sqlite3', 'keytar'],
};

// `yargs/helpers` is yargs' parser and, beside it, code for tables and locales that takes 20 ms to load and is not used.
const yargsParserAlone = {
  name: 'yargs-parser-alone',
  setup({ onResolve, onLoad }) {
    const parser = createRequire(`${root}node_modules/yargs/package.json`).resolve('yargs-parser');
    onResolve({ filter: /^yargs\/helpers$/ }, () => ({ path: parser, namespace: 'yargs-parser' }));
    onLoad({ filter: /./, namespace: 'yargs-parser' }, () => ({
      contents: `export { default as Parser } from ${JSON.stringify(parser)};`,
      resolveDir: root,
    }));
  },
};

// The driver's JavaScript joins the bundle: its 13 small files take 4 ms to find and load. Its own code still finds its
// binary, in its package's folder, which is looked for without the package's table of exports, since that takes 1 ms.
const sqliteWithoutFiles = {
  name: 'sqlite-without-files',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^better-sqlite3$/ }, ({ kind }) =>
      kind === 'require-resolve'
        ? { external: true }
        : { path: createRequire(import.meta.url).resolve('better-sqlite3') },
    );
    onLoad({ filter: /better-sqlite3.lib.binding\.js$/ }, ({ path }) => ({
      contents: `${readFileSync(path, 'utf8').replaceAll('__dirname', 'libraryFolder()')}
        function libraryFolder() {
          const folders = require.resolve.paths('better-sqlite3').map((at) => path.join(at, 'better-sqlite3/lib'));
          return folders.find((at) => fs.existsSync(at)) ?? path.dirname(require.resolve('better-sqlite3'));
        }`,
    }));
  },
};

// Leaves out all commands but one, which bin/program.js sees to.
const onlyCommand = (command) => ({
  name: 'only-command',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/[a-z-]+\.ts$/ }, ({ path, kind, importer }) =>
      kind === 'dynamic-import' && /commands.index\.ts$/.test(importer) && path !== `./${command}.ts`
        ? { external: true }
        : undefined,
    );
  },
});

// The program: one CommonJS file, in which a command's modules are run when the command is. It starts 25 ms sooner than
// ES modules in chunks: nothing is resolved, linked, or wrapped, and the runtime's own modules load lazily. The command
// that scripts and Makefiles run most has a file of its own, so that it pays nothing for the others.
for (const [name, plugins] of Object.entries({ main: [], issue: [onlyCommand('issue')] })) {
  await build({
    ...shared,
    entryPoints: { [name]: 'src/main.ts' },
    outdir: partial,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    external: ['keytar'],
    plugins: [yargsParserAlone, sqliteWithoutFiles, ...plugins],
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': 'importMetaUrl', 'import.meta.dirname': '__dirname' },
    banner: { js: "const importMetaUrl=require('node:url').pathToFileURL(__filename).href;" },
  });
  // Marked by its own hash, so that the bytecode which bin/program.js keeps is never taken for another build's.
  const file = `${root}${partial}/${name}.cjs`;
  const program = readFileSync(file);
  const mark = createHash('sha256').update(program).digest('hex').slice(0, 16);
  writeFileSync(file, Buffer.concat([Buffer.from(`/*${mark}*/`), program]));
}

// The library: ES modules.
await build({
  ...shared,
  entryPoints: ['src/index.ts'],
  outdir: partial,
  format: 'esm',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
});

// The process that asks the keychain: one file, which is run when there is something to ask.
await build({
  ...shared,
  entryPoints: { 'keychain-process': 'src/keystore/keychain-process.ts' },
  outdir: partial,
  format: 'esm',
});

// The process that stays root under `sudo devca`.
await build({
  ...shared,
  entryPoints: { 'root-process': 'src/truststore/root-process.ts' },
  outdir: partial,
  format: 'esm',
});

// The thread of `handshake --between`: a worker is loaded by its file, so it is a file of its own, beside both.
await build({
  ...shared,
  entryPoints: { 'between-server': 'src/wire/between-server.ts' },
  outdir: partial,
  format: 'esm',
});

const licences = [...bundled].sort().map((name) => {
  const folder = `${root}node_modules/${name}`;
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (file === undefined) throw new Error(`${name} is in the bundle and has no licence`);
  const { version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  return `${name} ${version}\n\n${readFileSync(`${folder}/${file}`, 'utf8').trim()}\n`;
});
writeFileSync(`${root}${partial}/licences.txt`, licences.join(`\n${'-'.repeat(72)}\n\n`));

rmSync(`${root}dist`, { recursive: true, force: true });
renameSync(root + partial, `${root}dist`);
