#!/usr/bin/env bash
# Starts a PostgreSQL of its own for the service tests, on 127.0.0.1 and a free port, in a temporary folder.
#   scripts/services/postgres.sh start [folder]   prints `postgres://…`, ready to use as DATABASE_URL
#   scripts/services/postgres.sh stop  [folder]
# In CI (CI=true) it installs the server with apt-get when it is missing; elsewhere it says so and exits 3.
set -euo pipefail
verb=${1:-}
dir=${2:-${TMPDIR:-/tmp}/evenkeel-postgres}
port_file=$dir/port

find_bin() {
  command -v pg_ctl >/dev/null 2>&1 && dirname "$(command -v pg_ctl)" && return
  ls -d /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin 2>/dev/null | sort -V | tail -n 1
}

install() {
  if [ "${CI:-}" != true ]; then
    echo "no PostgreSQL server found (pg_ctl); install one, for example: apt-get install postgresql" >&2
    exit 3
  fi
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >&2
}

# PostgreSQL refuses to run as root, so root runs it as `postgres`, who comes with Debian's package.
as_owner() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

free_port() { node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'; }

start() {
  local bin; bin=$(find_bin)
  [ -n "$bin" ] && [ -x "$bin/pg_ctl" ] || { install; bin=$(find_bin); }
  [ -n "$bin" ] || { echo "PostgreSQL was installed, but pg_ctl is nowhere to be found" >&2; exit 3; }
  [ -f "$port_file" ] && stop
  rm -rf "$dir"; mkdir -p "$dir"
  [ "$(id -u)" = 0 ] && chown postgres "$dir"
  local port; port=$(free_port)
  as_owner "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 >/dev/null
  as_owner "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=100" start >/dev/null
  echo "$port" >"$port_file"
  echo "postgres://postgres@127.0.0.1:$port/postgres"
}

stop() {
  local bin; bin=$(find_bin)
  [ -d "$dir/data" ] && as_owner "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$dir"
}

case $verb in
  start) start ;;
  stop) stop ;;
  *) echo "usage: $0 start|stop [folder]" >&2; exit 2 ;;
esac
