#!/bin/sh
# Makes aid-crypto.mjs again from the exact versions in package-lock.json; `--check` compares it
# with the committed file instead. Needs Node 20 and npm.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/package.json" "$here/package-lock.json" "$here/entry.mjs" "$work"
cd "$work"
npm ci --ignore-scripts --no-audit --no-fund --silent
node_modules/.bin/esbuild entry.mjs --bundle --format=esm --minify --target=es2022 \
  --legal-comments=none --log-level=warning --outfile=bundle.mjs
{
  echo "/* age-encryption 0.3.1 (BSD-3-Clause, Filippo Valsorda); @noble/curves, @noble/hashes, @noble/ciphers,"
  echo " * @noble/post-quantum, @scure/base, @scure/bip39 (MIT, Paul Miller). Licences: vendor/LICENCES.txt."
  echo " * Bundled by vendor/rebuild.sh; nothing in it was changed. */"
  cat bundle.mjs
} > aid-crypto.mjs
if [ "${1:-}" = "--check" ]; then
  cmp aid-crypto.mjs "$here/../aid-crypto.mjs" && echo "aid-crypto.mjs is what its sources make"
else
  cp aid-crypto.mjs "$here/../aid-crypto.mjs"
fi
