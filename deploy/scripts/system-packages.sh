#!/usr/bin/env bash
# Install Debian packages when root; otherwise print the command that does.
# Usage: deploy/scripts/system-packages.sh WHAT-FOR PACKAGE...
# Exit 0 when all are there afterwards, else 1: the caller decides whether it can go on without.
set -euo pipefail

purpose=$1
shift

missing=()
for package in "$@"; do
  status=$(dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null || true)
  [[ $status == *"ok installed" ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

install="apt-get install -y --no-install-recommends ${missing[*]}"
if ! command -v apt-get >/dev/null; then
  echo "For $purpose this machine needs what Debian calls: ${missing[*]}" >&2
  exit 1
fi
if [[ $(id -u) != 0 ]]; then
  echo "For $purpose, run as root: $install" >&2
  exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
# Short timeouts: without a network this must give up soon, not hang for minutes.
options=(-o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 -o DPkg::Lock::Timeout=120)
echo "Installing for $purpose: ${missing[*]}"
if ! { apt-get "${options[@]}" update && apt-get "${options[@]}" install -y --no-install-recommends "${missing[@]}"; } \
  >"$log" 2>&1 </dev/null; then
  tail -n 5 "$log" >&2
  echo "For $purpose, run later: apt-get update && $install" >&2
  exit 1
fi
