#!/usr/bin/env bash
# Serve on the loopback interface; one process, a few threads: what SQLite wants.
set -euo pipefail
cd "$(dirname "$0")/.."
exec .venv/bin/granian --interface wsgi --host 127.0.0.1 --port "${1:-8000}" --workers 1 \
  --blocking-threads 3 --no-access-log config.wsgi:application
