#!/usr/bin/env node
// Checks the runtime before anything else is loaded: an older Node crashes in the database driver without a word.
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 14)) {
  process.exitCode = require('./old-node.js').runOnOwnNode();
} else if (process.argv.length === 3 && ['--version', '-V'].includes(process.argv[2])) {
  require('node:fs').writeSync(1, `${require('../package.json').version}\n`);
} else {
  const loaded = require('./program.js').loadProgram();
  if (loaded === undefined) process.exitCode = require('./unbuilt.js').sayUnbuilt();
  else run(loaded);
}

function run({ program, keepCode }) {
  program.main().then((status) => {
    if (status === 0) keepCode();
    // Nothing is left to wait for: all output is written at once. Otherwise the engine ends its compiling first.
    process.exit(status);
  });
}
