#!/bin/sh
# Makes a checkout ready: packages from the lockfile, then the bundle. Does nothing that is done already.
set -eu
cd "$(dirname "$0")/.."

if ! cmp -s package-lock.json node_modules/.installed-lock; then
  echo 'devca: installing packages from the lockfile' >&2
  # Without scripts: npm would compile better-sqlite3, whose binary is in its package. Only `node` needs its script.
  npm ci --ignore-scripts --loglevel=error
  npm rebuild node --ignore-scripts=false --foreground-scripts=false --loglevel=error
  cp package-lock.json node_modules/.installed-lock
fi
PATH="$PWD/node_modules/.bin:$PATH"
if [ -n "$(find src scripts/build.js package.json templates -newer dist/main.cjs 2>/dev/null | head -n 1)" ] || [ ! -f dist/main.cjs ]; then
  echo 'devca: building' >&2
  node scripts/build.js
fi
