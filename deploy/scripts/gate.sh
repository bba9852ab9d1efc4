#!/usr/bin/env bash
# The gate, called by `make test`: stops at the first thing that fails.
# Everything runs on SQLite with nothing configured; the database tests then run again on MariaDB and
# Redis when TEST_DATABASE_URL and TEST_REDIS_URL are given or a local server answers.
set -euo pipefail
cd "$(dirname "$0")/../.."

# What a developer's shell has set must not decide whether the gate passes.
unset ERP_ENV DEBUG SECRET_KEY SECRET_KEY_FALLBACKS DATABASE_URL REDIS_URL MONGODB_URL CELERY_BROKER_URL \
  ALLOWED_HOSTS CSRF_TRUSTED_ORIGINS TIME_ZONE LOG_LEVEL DJANGO_SETTINGS_MODULE
DATA_DIR=$(mktemp -d) # not var/: tests keep away from the demo's data
export DATA_DIR
trap 'rm -rf "$DATA_DIR"' EXIT
export PATH="$PWD/.venv/bin:$PATH"
workers=${PYTEST_WORKERS:-2}
summary=()

step() {
  local name=$1 start=$SECONDS
  shift
  printf '\n== %s\n' "$name"
  "$@"
  printf -- '-- %d s\n' $((SECONDS - start))
}

run_pytest() {
  local name=$1
  shift
  pytest -n "$workers" "$@" 2>&1 | tee "$DATA_DIR/pytest.log"
  summary+=("$name" "$(tail -n 1 "$DATA_DIR/pytest.log")")
}

check_production() {
  ERP_ENV=production SECRET_KEY=$(python -c 'import secrets; print(secrets.token_urlsafe(64))') \
    DATABASE_URL=mysql://erp@127.0.0.1/erp ALLOWED_HOSTS=erp.example.com \
    python manage.py check --deploy --fail-level WARNING
}

step "format" ruff format --check .
step "lint" ruff check .
step "templates" djlint --lint --quiet .
step "imports" lint-imports --no-cache
step "types" mypy .
step "system checks" python manage.py check --fail-level WARNING
step "migrations" python manage.py makemigrations --check --dry-run
step "translations" deploy/scripts/messages.sh --check
step "tests on SQLite" run_pytest "SQLite:" -m "not mariadb and not proof" --cov --cov-report=
step "coverage of everything" coverage report --skip-covered --fail-under=85
step "coverage of services" coverage report --include='*/services.py,*/services/*.py' --fail-under=95
step "production settings" check_production

printf '\n== tests on MariaDB and Redis\n'
status=0
database=$(python deploy/scripts/find_server.py mariadb) || status=$?
((status < 2)) || exit "$status"
redis=$(python deploy/scripts/find_server.py redis) || status=$?
((status < 2)) || exit "$status"
if [[ $database ]]; then
  [[ $redis ]] || summary+=("Without Redis: nothing answers on 127.0.0.1:6379, and TEST_REDIS_URL is not set.")
  export DATABASE_URL=$database REDIS_URL=$redis
  step "run" run_pytest "MariaDB:" -m "not proof"
else
  summary+=("MariaDB: SKIPPED. No server lets root in on 127.0.0.1:3306, and TEST_DATABASE_URL is not set."
    "To run them: apt-get install mariadb-server redis-server && deploy/scripts/with-servers.sh make test")
fi

printf '\n== the gate is passed, %d s\n' "$SECONDS"
printf '%s\n' "${summary[@]}"
