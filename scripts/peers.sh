#!/usr/bin/env bash
# The Python tools that golden values and benchmarks are compared with, each in a virtual environment of its own under
# .peers/, at the versions written down in bench/peers/<name>.txt. Nothing that ships needs them, and no test of
# `npm test` does: only the scripts that make golden values anew, and `npm run bench -- --peers`.
#
#   scripts/peers.sh install evidently river      installs what is not there yet
#   scripts/peers.sh run river golden.py > x.json runs a script with that environment's Python
set -euo pipefail
cd "$(dirname "$0")/.."

install() {
  local name=$1 wanted="bench/peers/$1.txt" home=".peers/$1"
  [[ -f $wanted ]] || { echo "no such peer: $name; there are $(cd bench/peers && ls ./*.txt | xargs -n1 basename -s .txt | tr '\n' ' ')" >&2; exit 2; }
  if ! cmp -s "$wanted" "$home/installed.txt"; then
    python3 -m venv --clear "$home"
    "$home/bin/pip" install --quiet --requirement "$wanted"
    cp "$wanted" "$home/installed.txt"
  fi
}

case ${1:-} in
  install) shift; for name in "$@"; do install "$name"; done ;;
  run) name=$2; shift 2; install "$name" >&2; exec ".peers/$name/bin/python" "$@" ;;
  *) echo 'usage: scripts/peers.sh install <name>… | run <name> <script> [arguments]' >&2; exit 2 ;;
esac
