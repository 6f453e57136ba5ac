#!/bin/sh
# From a fresh clone to a proved authority: installs, builds, creates the authority, issues, proves.
set -eu
cd "$(dirname "$0")/.."
sh scripts/prepare.sh
PATH="$PWD/node_modules/.bin:$PATH"

step() { printf '\n$ devca %s\n' "$*"; node bin/devca.js "$@"; }

step init
step issue localhost 127.0.0.1 ::1 --out certs
user=$(id -un | tr -cd 'A-Za-z0-9-' | sed 's/^-*//; s/-*$//')
step issue --profile client "${user:-me}" --out certs
step selftest localhost
step selftest "${user:-me}"
cat <<'TEXT'

Next:
  npx devca list                    what has been issued, and where
  npx devca trust status            where the root is trusted
  npx devca trust install           trust it in the system and the browsers
  npx devca issue NAME...           another certificate
TEXT
