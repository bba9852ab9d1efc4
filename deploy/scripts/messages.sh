#!/usr/bin/env bash
# Extract the translatable strings, refuse fuzzy or untranslated ones, compile.
# With --check nothing is changed: it fails when the committed catalogue or its .mo is not up to date.
# Usage: deploy/scripts/messages.sh [--check]
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! deploy/scripts/system-packages.sh "translations" gettext && ! command -v xgettext >/dev/null; then
  # The gate goes on without, but never in CI and never when catalogues are to be written.
  [[ ${1:-} == --check && ${CI:-} != true ]] || exit 1
  echo "SKIPPED: no gettext on this machine."
  exit 0
fi

folder=locale/zh_Hans/LC_MESSAGES
scratch=$(mktemp -d)
restore() {
  [[ ! -d $scratch/kept ]] || { rm -rf "$folder" && mv "$scratch/kept" "$folder"; }
  rm -rf "$scratch"
}
trap restore EXIT
mkdir -p "$folder"
[[ ${1:-} != --check ]] || cp -a "$folder" "$scratch/kept"

# Without line numbers a moved line changes nothing in the catalogue.
.venv/bin/python manage.py makemessages --locale zh_Hans --no-location --no-obsolete --no-wrap \
  --ignore 'var/*' --ignore 'docs/*' --ignore 'bench/*' --ignore 'tests/*' --ignore '*/tests/*' >"$scratch/log" ||
  { cat "$scratch/log" && exit 1; }

catalogue=$folder/django.po
# The committed file and the fresh one, less the header's date of extraction.
strings() { grep -v '^"POT-Creation-Date:' "$1"; }
if [[ ${1:-} == --check ]] && ! diff <(strings "$scratch/kept/django.po") <(strings "$catalogue"); then
  echo "The catalogue is not up to date: run make messages, translate, commit." >&2
  exit 1
fi

open=$(msgattrib --no-wrap --only-fuzzy "$catalogue"; msgattrib --no-wrap --untranslated "$catalogue")
if [[ $open ]]; then
  echo "$open" | grep '^msgid ".' >&2 || true
  echo "Fuzzy or untranslated, see above: mend $catalogue" >&2
  exit 1
fi

msgfmt --check-format --output-file="$scratch/django.mo" "$catalogue"
if [[ ${1:-} == --check ]]; then
  # Compared as text: another version of gettext may lay out the same strings differently.
  if ! diff -q <(msgunfmt "$scratch/django.mo") <(msgunfmt "$scratch/kept/django.mo") >/dev/null; then
    echo "The compiled catalogue is not that of its source: run make messages and commit." >&2
    exit 1
  fi
else
  mv "$scratch/django.mo" "$folder/django.mo"
fi
msgfmt --statistics --output-file=/dev/null "$catalogue"
