#!/usr/bin/env bash
# Run a command against a temporary PostgreSQL cluster outside the checkout, unless DATABASE_URL names one.
# POSTGRES_OPTIONS: more options of the server. POSTGRES_IN_MEMORY: lie in /dev/shm if there is room: the server
# waits for no disk and keeps the settings without which a site refuses it.
set -euo pipefail
if [ -n "${DATABASE_URL:-}" ]; then exec "$@"; fi
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb 2>/dev/null || true)")
[ -x "$bin/initdb" ] || { echo "PostgreSQL is missing: apt install postgresql"; exit 1; }
place=${TMPDIR:-/tmp}
room_mb=$(df --output=avail -B1M /dev/shm 2>/dev/null | tail -n 1) || true
if [ -n "${POSTGRES_IN_MEMORY:-}" ] && [ "${room_mb:-0}" -ge 4096 ]; then place=/dev/shm; fi
home=$(mktemp -d -p "$place")
chmod 755 "$home"
as_owner() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
[ "$(id -u)" != 0 ] || chown postgres "$home"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
stop() { as_owner "$bin/pg_ctl" -D "$home/data" -m immediate stop >/dev/null 2>&1 || echo "the temporary cluster had stopped already"; rm -rf "$home"; }
trap stop EXIT
as_owner "$bin/initdb" -D "$home/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 >"$home/initdb.log" 2>&1 || { cat "$home/initdb.log"; exit 1; }
as_owner "$bin/pg_ctl" -D "$home/data" -w -l "$home/data/server.log" -o "-p $port -k $home -c listen_addresses=127.0.0.1 -c max_connections=60 ${POSTGRES_OPTIONS:-}" start >/dev/null
DATABASE_URL="postgres://postgres@127.0.0.1:$port/postgres" "$@"
