#!/usr/bin/env bash
# Starts an Alertmanager of its own for the service tests, on 127.0.0.1 and a free port, in a temporary folder.
#   scripts/services/alertmanager.sh start [folder]   prints `http://127.0.0.1:…`, ready to receive alerts
#   scripts/services/alertmanager.sh stop  [folder]
# In CI (CI=true) it installs the server with apt-get when it is missing; elsewhere it says so and exits 3.
set -euo pipefail
verb=${1:-}
dir=${2:-${TMPDIR:-/tmp}/evenkeel-alertmanager}

# Debian's package calls it prometheus-alertmanager, the project's own archive alertmanager.
find_bin() { command -v prometheus-alertmanager || command -v alertmanager || true; }

install() {
  if [ "${CI:-}" != true ]; then
    echo "no Alertmanager found; install one, for example: apt-get install prometheus-alertmanager" >&2
    exit 3
  fi
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends prometheus-alertmanager >&2
}

free_port() { node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'; }

start() {
  local bin; bin=$(find_bin)
  [ -n "$bin" ] || { install; bin=$(find_bin); }
  [ -n "$bin" ] || { echo "Alertmanager was installed, but is nowhere to be found" >&2; exit 3; }
  stop
  mkdir -p "$dir"
  printf 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n' >"$dir/config.yml"
  local port; port=$(free_port)
  # No cluster: it would listen on an address that others reach.
  "$bin" --config.file="$dir/config.yml" --storage.path="$dir/data" --web.listen-address="127.0.0.1:$port" \
    --cluster.listen-address= >"$dir/log" 2>&1 </dev/null &
  echo $! >"$dir/pid"
  for _ in $(seq 100); do
    node -e "fetch('http://127.0.0.1:$port/-/ready').then(({ok})=>process.exit(ok?0:1),()=>process.exit(1))" && break
    kill -0 "$(cat "$dir/pid")" 2>/dev/null || { cat "$dir/log" >&2; exit 1; }
    sleep 0.2
  done
  echo "http://127.0.0.1:$port"
}

stop() {
  [ -f "$dir/pid" ] && kill "$(cat "$dir/pid")" 2>/dev/null || true
  rm -rf "$dir"
}

case $verb in
  start) start ;;
  stop) stop ;;
  *) echo "usage: $0 start|stop [folder]" >&2; exit 2 ;;
esac
