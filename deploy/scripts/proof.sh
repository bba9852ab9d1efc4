#!/usr/bin/env bash
# What takes too long for the gate: known vulnerabilities, big property tests, benchmarks.
# Called by `make proof`; every result is appended to docs/proof.md with date and machine.
# Tests use MariaDB and Redis when they answer, as in gate.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."

export PATH="$PWD/.venv/bin:$PATH"
report=docs/proof.md
scratch=$(mktemp -d)
output=$scratch/output
trap 'rm -rf "$scratch"' EXIT
failed=()

cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
memory=$(awk '/^MemTotal/ {printf "%.0f GB", $2 / 1048576}' /proc/meminfo)
system=$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)
commit=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
[[ -z $(git status --porcelain 2>/dev/null) ]] || commit+=" with changes"
[[ -e $report ]] || cat >"$report" <<'HEAD'
# Proof

What `make proof` found, newest last. Each entry: date, commit, machine, then each command with the end of its output.
HEAD
printf '\n## %s, %s\n\n%s cores, %s, %s, %s, %s\n' "$(date -u '+%Y-%m-%d %H:%M UTC')" "$commit" \
  "$(nproc)" "${cpu:-unknown processor}" "$memory" "$system" "$(python --version)" >>"$report"

# A failure is written down too, and fails the whole at the end.
record() {
  local title=$1 start=$SECONDS status=0
  shift
  printf '\n== %s\n' "$title"
  "$@" 2>&1 | tee "$output" || status=$?
  ((status == 0)) || failed+=("$title")
  {
    printf '\n### %s\n\n%d s, exit %d\n\n' "$title" $((SECONDS - start)) "$status"
    tail -n 60 "$output" | sed 's/^/    /'
  } >>"$report"
}

# pip-audit passes when the index knows no advisories at all; that must not read as "nothing found".
audit() {
  local status=0 unknown
  pip-audit --require-hashes --disable-pip --progress-spinner off --requirement "$1" >"$scratch/audit" 2>&1 || status=$?
  unknown=$(grep -c 'could not be audited' "$scratch/audit" || true)
  grep -v 'could not be audited' "$scratch/audit" || true
  ((unknown == 0)) || echo "NOT AUDITED: the package index gave no advisories for $unknown packages."
  ((unknown == 0)) || status=1
  return "$status"
}

proof_tests() {
  local status=0
  pytest --quiet -m proof || status=$?
  ((status != 5)) || status=0 # pytest's "no tests": none is marked yet
  return "$status"
}

record "pip-audit of requirements.txt" audit requirements.txt
record "pip-audit of requirements-production.txt" audit requirements-production.txt

DATABASE_URL=${DATABASE_URL:-$(python deploy/scripts/find_server.py mariadb || true)}
REDIS_URL=${REDIS_URL:-$(python deploy/scripts/find_server.py redis || true)}
export DATABASE_URL REDIS_URL
[[ $DATABASE_URL ]] || unset DATABASE_URL
record "pytest -m proof" proof_tests

# A bench fills a scratch database of its own; BENCH_PRODUCTS=1000000 asks the search bench for more.
scratch_bench() {
  python manage.py migrate --verbosity 0 && python "$@"
}
scratch_mariadb() {
  python - "$1" <<'PYTHON'
import sys

import environ
import pymysql

url = environ.Env.db_url_config(sys.argv[1])
server = pymysql.connect(host=url["HOST"], port=int(url["PORT"] or 3306), user=url["USER"], password=url["PASSWORD"])
with server.cursor() as cursor:
    cursor.execute("DROP DATABASE IF EXISTS erp_bench")
    cursor.execute("CREATE DATABASE erp_bench CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci")
print(sys.argv[1].rpartition("/")[0] + "/erp_bench")
PYTHON
}

mariadb=${DATABASE_URL:-}
unset DATABASE_URL REDIS_URL
shopt -s nullglob
for bench in bench/bench_*.py; do
  export DATA_DIR=$scratch/$(basename "$bench" .py)
  options=()
  [[ $bench != bench/bench_@(search|enquiry).py ]] || options=(--products "${BENCH_PRODUCTS:-15000}")
  [[ $bench != bench/bench_import.py ]] || options=("${BENCH_IMPORT:-50000}")
  record "$bench on SQLite" scratch_bench "$bench" "${options[@]}"
  if [[ $mariadb == mysql:* ]]; then
    DATABASE_URL=$(scratch_mariadb "$mariadb")
    export DATABASE_URL
    record "$bench on MariaDB" scratch_bench "$bench" "${options[@]}"
    unset DATABASE_URL
  fi
done

if ((${#failed[@]})); then
  printf 'Failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
echo "Written to $report"
