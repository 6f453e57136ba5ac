#!/bin/sh
# Adds the roots beside this file to what the programs of this system trust. For root, in an image or a container.
set -eu

if [ "$(id -u)" != 0 ] && command -v sudo >/dev/null; then exec sudo -n sh "$0"; fi
here=$(cd "$(dirname "$0")" && pwd)

fail() {
  echo "devca: error: $1" >&2
  exit 1
}

# The file of all roots, wherever this system has it.
bundle() {
  for file in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem /etc/ssl/cert.pem; do
    if [ -f "$file" ]; then
      echo "$file"
      return
    fi
  done
}

# Where the system's tool looks for further roots, how it wants them to be called, and the tool.
install_roots() {
  folder=$1 ending=$2
  shift 2
  mkdir -p "$folder"
  for root in "$here"/devca-*.crt; do
    target="$folder/$(basename "$root" .crt).$ending"
    cp "$root" "$target"
    chmod 644 "$target"
  done
  "$@"
}

if command -v update-ca-trust >/dev/null; then
  if [ -d /etc/pki/ca-trust/source ]; then
    install_roots /etc/pki/ca-trust/source/anchors pem update-ca-trust extract
  else
    install_roots /etc/ca-certificates/trust-source/anchors crt update-ca-trust
  fi
elif command -v update-ca-certificates >/dev/null; then
  if [ -d /usr/share/pki/trust ]; then
    install_roots /etc/pki/trust/anchors pem update-ca-certificates
  else
    install_roots /usr/local/share/ca-certificates crt update-ca-certificates
  fi
else
  # A small image, such as that of Alpine, has the file without the tool that makes it.
  file=$(bundle)
  [ -n "$file" ] || fail 'this image has no roots: install the package ca-certificates before'
  for root in "$here"/devca-*.crt; do
    grep -qF "$(sed -n 2p "$root")" "$file" || cat "$root" >> "$file"
  done
fi

# What the variables name. Where this folder is mounted, it has come along.
[ -e "$here/bundle.pem" ] || ln -s "$(bundle)" "$here/bundle.pem"

keytool=$(command -v "${JAVA_HOME:-/usr}/bin/keytool" || command -v keytool || true)
if [ -n "$keytool" ]; then
  for root in "$here"/devca-*.crt; do
    set -- -cacerts -storepass changeit -alias "$(basename "$root" .crt)"
    "$keytool" -list "$@" >/dev/null 2>&1 && continue
    "$keytool" -importcert -noprompt -trustcacerts "$@" -file "$root" >/dev/null 2>&1 ||
      fail "$keytool cannot add the root to Java's: is this root, and Java 9 or later?"
  done
fi
