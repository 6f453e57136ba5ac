// What is said where dist/ has no program: a checkout before its first build, or a package that lost files.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

/** Gives the status to end with. */
exports.sayUnbuilt = () => {
  const prepare = join(__dirname, '../scripts/prepare.sh');
  if (existsSync(prepare)) {
    console.error('devca: error: this checkout has not been built [DEVCA_RUNTIME_UNBUILT]');
    console.error(`devca: hint: run "sh ${shellWord(prepare)}", then the command again`);
  } else {
    console.error(
      `devca: error: this installation has lost its program "${join(__dirname, '../dist/main.cjs')}" [DEVCA_RUNTIME_UNBUILT]`,
    );
    console.error('devca: hint: install devca again, as it was installed before');
  }
  return 5;
};

const shellWord = (word) => (/^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
