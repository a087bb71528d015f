#!/usr/bin/env bash
# Serve on the loopback interface, with the worker and the tick; the demo's players are a rule of the tick.
set -euo pipefail
cd "$(dirname "$0")/.."
exec .venv/bin/python manage.py run --port "${1:-8000}"
