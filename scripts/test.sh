#!/bin/sh
# Every test. Root on a Debian system installs the real peers first; elsewhere a test without its tool is skipped.
set -eu
cd "$(dirname "$0")/.."
sh scripts/prepare.sh
PATH="$PWD/node_modules/.bin:$PATH"
PATH="$PATH:$PWD/.cache/peers/bin"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then sh scripts/install-peers.sh; fi
unset NODE_EXTRA_CA_CERTS SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE REQUESTS_CA_BUNDLE
exec node --experimental-vm-modules --no-warnings node_modules/jest/bin/jest.js "$@"
