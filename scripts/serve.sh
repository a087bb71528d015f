#!/usr/bin/env bash
# Serve with the worker and the tick; the demo's players are a rule of the tick. serve.sh [port [host [certificate key]]]
set -euo pipefail
cd "$(dirname "$0")/.."
tls=()
[ $# -lt 4 ] || tls=(--certificate "$3" --key "$4")
exec .venv/bin/python manage.py run --port "${1:-8000}" --host "${2:-127.0.0.1}" "${tls[@]}"
