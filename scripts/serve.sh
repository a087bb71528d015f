#!/usr/bin/env bash
# Serve one process, a few threads: what SQLite wants. serve.sh [port [host [certificate key]]]
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "${NUANXIN_DEMO:-}" = 1 ]; then
  # the demo's keepers and riders go on as long as the server does
  .venv/bin/python manage.py demo_tick --loop >/dev/null &
  players=$!
  trap 'kill $players 2>/dev/null' EXIT
fi
tls=()
[ $# -lt 4 ] || tls=(--ssl-certificate "$3" --ssl-keyfile "$4")
.venv/bin/granian --interface wsgi --host "${2:-127.0.0.1}" --port "${1:-8000}" --workers 1 \
  --blocking-threads 3 --no-access-log "${tls[@]}" config.server:application
