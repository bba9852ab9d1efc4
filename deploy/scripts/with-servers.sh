#!/usr/bin/env bash
# Run a command with TEST_DATABASE_URL and TEST_REDIS_URL set. A server that already answers is used;
# where none does, a private throw-away one is started and stopped again.
# Usage: deploy/scripts/with-servers.sh make test
# Needs .venv with requirements-dev.txt, and mariadb-server and redis-server for what it has to start.
set -euo pipefail
cd "$(dirname "$0")/../.."

python=.venv/bin/python
scratch=$(mktemp -d)
servers=()

stop() {
  ((${#servers[@]} == 0)) || { kill "${servers[@]}" 2>/dev/null && wait "${servers[@]}" 2>/dev/null; } || true
  rm -rf "$scratch"
}
trap stop EXIT

free_port() { "$python" -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# Prints the URL once the server answers. $1 is the kind; TEST_*_URL say where.
wait_for() {
  for _ in {1..60}; do
    "$python" deploy/scripts/find_server.py "$1" 2>"$scratch/why" && return
    sleep 1
  done
  cat "$scratch/why" "$scratch/$1.log" >&2
  return 1
}

start_mariadb() {
  local port user
  port=$(free_port)
  user=$(id -un)
  mariadb-install-db --no-defaults --user="$user" --datadir="$scratch/mariadb" \
    --auth-root-authentication-method=normal --skip-test-db >"$scratch/mariadb.log" 2>&1
  # Its data is thrown away, so it need not wait for the disk.
  "$(PATH=$PATH:/usr/sbin command -v mariadbd)" --no-defaults --user="$user" --datadir="$scratch/mariadb" \
    --bind-address=127.0.0.1 --port="$port" --socket="$scratch/mariadb.sock" --pid-file="$scratch/mariadb.pid" \
    --innodb-flush-log-at-trx-commit=0 --innodb-buffer-pool-size=256M \
    --character-set-server=utf8mb4 --collation-server=utf8mb4_unicode_520_ci >>"$scratch/mariadb.log" 2>&1 &
  servers+=("$!")
  export TEST_DATABASE_URL="mysql://root@127.0.0.1:$port/erp"
  wait_for mariadb
}

start_redis() {
  local port
  port=$(free_port)
  redis-server --bind 127.0.0.1 --port "$port" --save '' --appendonly no --dir "$scratch" >"$scratch/redis.log" 2>&1 &
  servers+=("$!")
  export TEST_REDIS_URL="redis://127.0.0.1:$port/0"
  wait_for redis
}

# A URL that was given must answer; find_server.py then exits 2.
find_or_start() {
  local url status=0
  url=$("$python" deploy/scripts/find_server.py "$1") || status=$?
  case $status in
    0) export "$2=$url" ;;
    1) echo "Starting a private $1." && "start_$1" >/dev/null ;;
    *) exit "$status" ;;
  esac
}

find_or_start mariadb TEST_DATABASE_URL
find_or_start redis TEST_REDIS_URL
"$@"
