// What happens on a Node that is too old: the checkout's own Node takes over, or the user is told what is needed.
const { spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');

exports.runOnOwnNode = () => {
  const own = join(__dirname, '../node_modules/node/bin/node');
  if (existsSync(own)) {
    const { status } = spawnSync(own, process.argv.slice(1), { stdio: 'inherit' });
    return status === null ? 130 : status;
  }
  console.error(
    `devca: error: Node ${process.versions.node} is too old: 22.14 or later is needed [DEVCA_RUNTIME_OLD]`,
  );
  console.error('devca: hint: install a current Node from your package manager or https://nodejs.org');
  return 5;
};
