#!/usr/bin/env node
// Checks the runtime before anything else is loaded: an older Node crashes in the database driver without a word.
const [major, minor] = process.versions.node.split('.').map(Number);

if (major > 22 || (major === 22 && minor >= 14)) {
  // The cache holds executable code: it lies in the user's own folder, and root never runs what a user could have written.
  const { HOME, XDG_CACHE_HOME, SUDO_UID } = process.env;
  const cache = XDG_CACHE_HOME || (HOME && `${HOME}/.cache`);
  if (cache && SUDO_UID === undefined) require('node:module').enableCompileCache?.(`${cache}/devca`);
  require('../dist/main.cjs')
    .main()
    .then((status) => {
      process.exitCode = status;
    });
} else {
  process.exitCode = require('./old-node.js').runOnOwnNode();
}
