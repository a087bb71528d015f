#!/usr/bin/env bash
# The demo for the phones of one local network: HTTPS from an authority of this machine's own.
set -euo pipefail
cd "$(dirname "$0")/.."
port=${PORT:-8443}
export NUANXIN_DEMO=1 NUANXIN_VAR="$PWD/var/demo"
NUANXIN_DEMO_SERVE=no scripts/demo.sh
hosts=$(.venv/bin/python manage.py demo_certificate)
first=$(head -n 1 <<<"$hosts")
# exactly these addresses are answered, and the loopback interface
NUANXIN_HOSTS=$(paste -sd, <<<"$hosts"),127.0.0.1,localhost
export NUANXIN_HOSTS NUANXIN_TLS=1
address="https://$first:$port/demo/"
.venv/bin/python manage.py demo_certificate --show "$address"
printf '\n    %s\n\n' "$address"
printf 'The phone warns of the certificate until it trusts this machine: open %sca.crt and install it.\n' "$address"
printf '手机会提示证书不受信任：打开 %sca.crt 安装后即可。30 天后失效，重新运行即换新。\n\n' "$address"
every=0.0.0.0
case $first in \[*) every=:: ;; esac # a network that knows IPv6 alone
exec scripts/serve.sh "$port" "$every" "$NUANXIN_VAR/lan/server.crt" "$NUANXIN_VAR/lan/server.key"
