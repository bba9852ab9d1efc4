#!/usr/bin/env bash
# Make .venv and install one file of pinned requirements into it; does nothing when that is done.
# Usage: deploy/scripts/venv.sh requirements.txt
set -euo pipefail
cd "$(dirname "$0")/../.."

requirements=$1
python=${PYTHON:-python3}
venv=.venv
stamp=$venv/installed-$requirements

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "Python 3.11 or newer is needed; $python is $("$python" --version 2>&1). Set PYTHON=..." >&2
  exit 1
fi

has_ensurepip() { "$python" -c 'import ensurepip' 2>/dev/null; }

# A virtual environment stops working when it is moved or its Python goes away: make it anew.
if ! "$venv/bin/python" -c '' 2>/dev/null; then
  # Debian keeps ensurepip in a package of its own.
  has_ensurepip || deploy/scripts/system-packages.sh "the usual way to make a virtual environment" python3-venv || true
  if has_ensurepip; then
    "$python" -m venv --clear "$venv"
  else
    echo "Making the virtual environment without ensurepip."
    "$python" -m venv --clear --without-pip "$venv"
  fi
fi
"$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$venv/bin/python" deploy/scripts/fetch_pip.py requirements-dev.txt

wanted="$("$venv/bin/python" --version) $(sha256sum <"$requirements")"
if [[ $(cat "$stamp" 2>/dev/null || true) != "$wanted" ]]; then
  echo "Installing $requirements"
  # Wheels only: nothing here may need a compiler. The file's hashes make pip check every download.
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
    --only-binary=:all: --require-hashes --requirement "$requirements"
  echo "$wanted" >"$stamp"
fi
