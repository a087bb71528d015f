#!/usr/bin/env bash
# Everything from nothing: each step says what it does and how many seconds it took.
set -euo pipefail
cd "$(dirname "$0")/.."
export NUANXIN_DEMO=1 NUANXIN_VAR="$PWD/var/demo"
began=$SECONDS
step() {
  local title=$1 from=$SECONDS
  shift
  printf '%-52s' "$title …"
  if "$@" >"$log" 2>&1; then printf '%4d s\n' $((SECONDS - from)); else printf 'failed\n'; cat "$log"; exit 1; fi
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
step "Python environment 环境" make --no-print-directory .venv/.base
step "Front end 前端" make --no-print-directory frontend/dist/manifest.json
step "Translations 翻译" make --no-print-directory locale/.compiled
step "Database 数据库" .venv/bin/python manage.py migrate --verbosity 0
collect() {
  # compressing the office's assets takes half a minute: once for each build and each lock
  local done=$NUANXIN_VAR/static/.collected
  if [ "$done" -nt frontend/dist/manifest.json ] && [ "$done" -nt requirements/base.txt ]; then return; fi
  .venv/bin/python manage.py collectstatic --noinput --verbosity 0
  touch "$done"
}
step "Static files 静态文件" collect
step "Demo province 演示省份" .venv/bin/python manage.py seed_demo
printf 'Ready after %d s 准备好了\n' $((SECONDS - began))
case "${NUANXIN_DEMO_SERVE:-yes}" in 0|no|off|false) exit 0 ;; esac
printf '\n    http://127.0.0.1:%s/\n\n' "${PORT:-8000}"
exec scripts/serve.sh "${PORT:-8000}"
