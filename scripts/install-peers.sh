#!/bin/sh
# Installs the real peers that the integration tests use: Debian packages (needs root), and into .cache/peers
# those that Debian does not have or has only in a newer release.
set -eu
cd "$(dirname "$0")/.."

packages='openssl curl git wget ca-certificates libnss3-tools gnutls-bin golang-go python3-grpcio
  chromium firefox-esr nginx-light strace tshark mkcert shellcheck systemd libsecret-1-0 dbus gnome-keyring sudo apache2-bin haproxy easy-rsa caddy zbar-tools iproute2 mksh toybox skopeo
  ruby php-cli php-curl python3-requests python3-httpx fish zsh'
missing=''
command -v keytool >/dev/null || packages="$packages default-jdk-headless"
for package in $packages; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
if [ -n "$missing" ]; then
  echo "devca: installing$missing" >&2
  apt-get update -qq -o DPkg::Lock::Timeout=300
  # shellcheck disable=SC2086 # a list of words
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends $missing >/dev/null
fi

peers=.cache/peers
mkdir -p "$peers/bin"
if [ ! -x "$peers/node_modules/.bin/deno" ] || [ ! -x "$peers/node_modules/.bin/bun" ]; then
  echo 'devca: installing deno and bun' >&2
  echo '{ "private": true, "allowScripts": { "deno": true, "bun": true } }' > "$peers/package.json"
  npm install --prefix "$peers" --no-save --loglevel=error deno@2.9.6 bun@1.4.5
fi
for tool in deno bun; do ln -sf "../node_modules/.bin/$tool" "$peers/bin/$tool"; done

# Every line of Node that people have, as clients; no script runs.
nodes="$peers/nodes"
if [ ! -x "$nodes/node_modules/node26/bin/node" ]; then
  case "$(uname -m)" in aarch64 | arm64) arch=arm64 ;; *) arch=x64 ;; esac
  echo 'devca: installing Node 20, 22, 24 and 26' >&2
  mkdir -p "$nodes"
  echo '{ "private": true }' > "$nodes/package.json"
  npm install --prefix "$nodes" --no-save --loglevel=error --ignore-scripts \
    "node20@npm:node-linux-$arch@20.20.2" "node22@npm:node-linux-$arch@22.23.3" \
    "node24@npm:node-linux-$arch@24.21.0" "node26@npm:node-linux-$arch@26.10.0"
fi
for version in 20 22 24 26; do ln -sf "../nodes/node_modules/node$version/bin/node" "$peers/bin/node$version"; done

# zlint is in Debian from release 13 on; its package runs on release 12 as well.
if [ ! -x "$peers/bin/zlint" ]; then
  echo 'devca: installing zlint' >&2
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  chmod 755 "$work"
  mkdir -p "$work/lists/partial" "$work/archives/partial"
  echo 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main' > "$work/sources.list"
  apt_trixie() {
    apt-get -qq -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null \
      -o Dir::State::Lists="$work/lists" -o Dir::Cache::archives="$work/archives" -o APT::Sandbox::User=root "$@"
  }
  apt_trixie update
  (cd "$work" && apt_trixie download zlint && dpkg -x zlint_*.deb x)
  cp "$work/x/usr/bin/zlint" "$peers/bin/zlint"
fi
