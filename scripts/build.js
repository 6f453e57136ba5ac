// Bundles the program and the library into dist/: few files, commands in chunks of their own that are loaded when run.
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
rmSync(`${root}dist`, { recursive: true, force: true });

await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts', 'src/index.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.14',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  // string-width costs 30 ms at start for tables of emoji that devca never prints.
  alias: { 'string-width': `${root}scripts/string-width.js` },
  external: ['better-sqlite3', 'keytar'],
  mainFields: ['module', 'main'],
  chunkNames: 'chunks/[name]-[hash]',
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
});
