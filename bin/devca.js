#!/usr/bin/env node
// Checks the runtime before anything else is loaded: an older Node crashes in the database driver without a word.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
const own = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));

if (major > 22 || (major === 22 && minor >= 14)) {
  // The cache holds executable code: it lies in the user's own folder, and root never runs what a user could have written.
  const { XDG_CACHE_HOME, SUDO_UID } = process.env;
  const cache = join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'devca');
  if (SUDO_UID === undefined) nodeModule.enableCompileCache?.(cache);
  const { main } = await import('../dist/main.js');
  process.exitCode = await main();
} else if (existsSync(own)) {
  const outcome = spawnSync(own, process.argv.slice(1), { stdio: 'inherit' });
  process.exitCode = outcome.status ?? 130;
} else {
  console.error(
    `devca: error: Node ${process.versions.node} is too old: devca needs 22.14 or later [DEVCA_RUNTIME_OLD]`,
  );
  console.error('devca: hint: install a current Node from your package manager or https://nodejs.org');
  process.exitCode = 5;
}
