# SPDX-License-Identifier: AGPL-3.0-or-later
# Everything a person or the CI asks of this repository. Needs Python 3.11 or newer, make, and the
# package registries this machine is set to. `make help` lists the targets.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
RUN := $(BIN)/python
WORKERS ?= auto
BROWSERS ?= 3
# A file to a worker, in our order (tests/conftest.py).
SHARED := -n $(WORKERS) --dist loadscope --no-loadscope-reorder
export PYTHONPATH := src
export PYTHONUNBUFFERED := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# The environment is ready when it was made from this very content, whatever the dates of the files.
CONTENT := $(shell cat requirements/dev.txt pyproject.toml | cksum | cut -d' ' -f1)
READY := .venv/.ready-$(CONTENT)

.DEFAULT_GOAL := help
.PHONY: help setup assets demo test static check fmt lint types contracts templates migrations unit \
	postgresql e2e torture bench bench-big performance lock clean

help: ## Say what each target does
	@grep -hE '^[a-z0-9-]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 14

setup: $(READY) assets ## Prepare the environment: packages, assets, data folder

$(READY):
	@echo "1/3 Environment: making .venv (a few seconds)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || \
		{ echo "Python cannot make a virtual environment: install python3-venv."; exit 1; }
	@echo "2/3 Packages: $$(grep -c == requirements/dev.txt) locked ones (one to five minutes, once)"
	@$(BIN)/pip install -qq --require-hashes -r requirements/dev.txt
	@echo "3/3 Terreau itself (a few seconds)"
	@$(BIN)/pip install -qq --no-deps --no-build-isolation --editable .
	@rm -f .venv/.ready-* && touch $@

assets: $(READY)
	@$(RUN) tools/assets.py

demo: setup ## Run Terreau with its demonstration on PORT (default 8000); Ctrl+C stops it
	@$(BIN)/terreau demo --port $(PORT)

test: setup ## Check everything
	@$(MAKE) --no-print-directory -j 2 --output-sync=target static
	@$(MAKE) --no-print-directory unit postgresql e2e

static: lint types contracts templates migrations ## Check all that needs no run

check: fmt test ## Format, then check everything

fmt: $(READY) ## Format the code and the templates
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .
	@$(BIN)/djangofmt src/terreau

lint: $(READY) ## Style, format, spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell src tests tools docs *.md

types: $(READY) ## Types (mypy strict)
	$(BIN)/mypy

contracts: $(READY) ## Floors: imports go down only
	$(BIN)/lint-imports

templates: $(READY) ## Templates: format and style
	$(BIN)/djangofmt --check src/terreau
	$(BIN)/djlint --lint --quiet src/terreau

migrations: $(READY) ## Models and migrations agree
	$(BIN)/terreau manage makemigrations --check --dry-run

unit: $(READY) assets ## All tests but the browser's, on SQLite
	@$(RUN) tools/hledger.py
	$(BIN)/pytest $(SHARED) -m "not e2e"

postgresql: $(READY) assets ## The same tests on a real PostgreSQL
	$(RUN) tools/postgresql.py $(BIN)/pytest $(SHARED) -m "not e2e"

e2e: $(READY) assets ## Browser tests, in Debian's Chromium
	DJANGO_ALLOW_ASYNC_UNSAFE=1 $(RUN) tools/chromium.py $(BIN)/pytest -m e2e -n $(BROWSERS) --dist worksteal

torture: $(READY) assets ## Minutes of faults on both databases: power cuts, kills, full disks
	$(BIN)/pytest -s -m torture tests/torture
	$(RUN) tools/postgresql.py $(BIN)/pytest -s -m torture tests/torture

bench: $(READY) ## Measure; a line a figure
	$(RUN) -m benchmarks

bench-big: $(READY) ## Measure ten million events against one: some hours
	$(RUN) -m benchmarks.growth

performance: $(READY) ## Measure, and write docs/reference/performance.md
	$(RUN) tools/performance.py

lock: ## Compile the locked requirements (no index host in them)
	@$(PYTHON) -m venv build/lock && build/lock/bin/pip install -qq uv
	build/lock/bin/python tools/lock.py

clean: ## Remove what was built, except the data in var/
	rm -rf .venv build node_modules src/terreau/ui/static/vendor .mypy_cache .ruff_cache .pytest_cache
