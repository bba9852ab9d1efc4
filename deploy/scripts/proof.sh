#!/usr/bin/env bash
# What takes too long for the gate: known vulnerabilities, big property tests, benchmarks.
# Called by `make proof`; every result is appended to docs/proof.md with date and machine.
# Tests use MariaDB and Redis when they answer, as in gate.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."

export PATH="$PWD/.venv/bin:$PATH"
report=docs/proof.md
output=$(mktemp)
trap 'rm -f "$output"' EXIT
failed=()

[[ -e $report ]] || cat >"$report" <<'HEAD'
# Proof

What `make proof` found, newest last. Each entry: date, commit, machine, then each command with the end of its output.
HEAD

cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
memory=$(awk '/^MemTotal/ {printf "%.0f GB", $2 / 1048576}' /proc/meminfo)
system=$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)
commit=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
[[ -z $(git status --porcelain 2>/dev/null) ]] || commit+=" with changes"
printf '\n## %s, %s\n\n%s cores, %s, %s, %s, %s\n' "$(date -u '+%Y-%m-%d %H:%M UTC')" "$commit" \
  "$(nproc)" "${cpu:-unknown processor}" "$memory" "$system" "$(python --version)" >>"$report"

# A failure is written down too, and fails the whole at the end.
record() {
  local start=$SECONDS status=0
  printf '\n== %s\n' "$*"
  "$@" 2>&1 | tee "$output" || status=$?
  ((status == 0)) || failed+=("$*")
  {
    printf '\n### %s\n\n%d s, exit %d\n\n' "$*" $((SECONDS - start)) "$status"
    tail -n 60 "$output" | sed 's/^/    /'
  } >>"$report"
}

proof_tests() {
  local status=0
  pytest --quiet -m proof || status=$?
  ((status != 5)) || status=0 # pytest's "no tests": none is marked yet
  return "$status"
}

record pip-audit --require-hashes --disable-pip --progress-spinner off --requirement requirements.txt

DATABASE_URL=${DATABASE_URL:-$(python deploy/scripts/find_server.py mariadb || true)}
REDIS_URL=${REDIS_URL:-$(python deploy/scripts/find_server.py redis || true)}
export DATABASE_URL REDIS_URL
[[ $DATABASE_URL ]] || unset DATABASE_URL
record proof_tests

shopt -s nullglob
for bench in bench/bench_*.py; do
  record python "$bench"
done

if ((${#failed[@]})); then
  printf 'Failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
echo "Written to $report"
