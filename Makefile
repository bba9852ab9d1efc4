# make demo    the demo company on http://127.0.0.1:8000 (PORT=8001 elsewhere, SERVE=0 stops before serving)
# make test    the gate: format, lint, imports, types, migrations, translations, tests
# make proof   what takes longer: vulnerabilities, big property tests, benchmarks; writes docs/proof.md
# make messages       extract and compile translations
# make requirements   pin anew what requirements*.in ask for

SHELL := /bin/bash
PORT ?= 8000
SERVE ?= 1
python := .venv/bin/python
manage := $(python) manage.py
# Wheels only, one result for every Python from 3.11 on; pins already there stay unless UPGRADE=--upgrade.
# Extras stay: pip would look at a newer release for coverage[toml] when only coverage is pinned.
compile := .venv/bin/uv pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-strip-extras --custom-compile-command "make requirements" $(UPGRADE)

.NOTPARALLEL:
.PHONY: help demo test proof messages messages-check requirements port venv venv-dev pdf

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

demo: port pdf venv
	$(manage) migrate --verbosity 1
	$(manage) demo
	$(manage) walkthrough
ifneq ($(SERVE),0)
	$(manage) runserver --noreload 127.0.0.1:$(PORT)
endif

test: pdf venv-dev
	deploy/scripts/gate.sh

proof: pdf venv-dev
	deploy/scripts/proof.sh

messages: venv-dev
	deploy/scripts/messages.sh

messages-check: venv-dev
	deploy/scripts/messages.sh --check

requirements: venv-dev
	$(compile) --only-binary :all: --output-file requirements.txt requirements.in
	$(compile) --only-binary :all: --constraint requirements.txt --output-file requirements-dev.txt requirements-dev.in
	$(compile) --constraint requirements.txt --output-file requirements-production.txt requirements-production.in

# Said before the demo company is loaded, not after.
port:
ifneq ($(SERVE),0)
	@if (exec 3<>/dev/tcp/127.0.0.1/$(PORT)) 2>/dev/null; then \
	  echo "Port $(PORT) is taken. Choose another: make demo PORT=8001" >&2; exit 1; fi
endif

venv:
	@deploy/scripts/venv.sh requirements.txt

venv-dev:
	@deploy/scripts/venv.sh requirements-dev.txt

# Without these everything works but PDF, which then says so.
pdf:
	@deploy/scripts/system-packages.sh "PDF" libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-wqy-zenhei || true
