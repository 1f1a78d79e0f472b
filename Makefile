# Everything is set up inside this checkout (.venv, var, out): no root, no service to start.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NODE := tests/browser/node_modules
PORT ?= 8000
OUT ?= out
JOBS ?= 2
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
# One line per package as it comes, and everything once something goes wrong.
SHOW := sed -un -e 's/^Collecting \([^ ]*\).*/  \1/p' -e '/^ERROR/,$$p' -e '/^WARNING: Retrying/p'

.PHONY: help
help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-11s %s\n", $$1, $$2}' Makefile

# A virtual environment remembers its folder: one that was copied or moved here would run the other
# checkout's code, so it is made anew.
ifneq ($(shell cat $(VENV)/.made 2>/dev/null),$(CURDIR))
.PHONY: $(VENV)/.made
endif
$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Liren needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Name another with: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "'$(PYTHON)' cannot make virtual environments. On Debian: apt-get install python3-venv"; exit 1; }
	@echo "· virtual environment in $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV)
	@echo "$(CURDIR)" > $@

# --require-hashes: a file that differs from the one that was locked is refused.
$(VENV)/.core: requirements.lock $(VENV)/.made
	@echo "· packages of requirements.lock"
	@$(PIP) install --require-hashes -r requirements.lock 2>&1 | $(SHOW)
	@touch $@

$(VENV)/.stamp: $(VENV)/.core pyproject.toml
	@echo "· liren itself, editable"
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.stamp
	@echo "· packages of requirements-dev.lock"
	@$(PIP) install --require-hashes -r requirements.lock -r requirements-dev.lock 2>&1 | $(SHOW)
	@touch $@

.PHONY: setup demo serve test browser fuzz torture load bench lighthouse screenshots lint tidy types packs docs wheel lock clean parity province
setup: $(VENV)/.stamp $(VENV)/.dev  ## virtual environment with everything in it
	@echo "ready: $(BIN)/liren"

demo: $(VENV)/.stamp  ## build the demo counties, write out/, serve http://127.0.0.1:8000 (PORT=8000)
	@$(BIN)/liren demo --out $(OUT) --port $(PORT) $(DEMO)

serve: $(VENV)/.stamp  ## serve what is there (PORT=8000)
	@$(BIN)/liren serve --port $(PORT)

test: $(VENV)/.dev  ## all tests, on SQLite, offline (JOBS=2)
	@env -u LIREN_DATABASE_URL $(BIN)/python -m pytest -q -n $(JOBS) --dist loadgroup $(TESTS)

# What the browser tests take from npm; without npm, or without its registry, they run without it, and say so.
WITHOUT := axe-core, the Nu checker and Lighthouse are left out
$(NODE)/.made: tests/browser/package-lock.json
	@if ! command -v npm >/dev/null; then echo "no npm here: $(WITHOUT). On Debian: apt-get install npm"; \
	else echo "· packages of $<"; \
	  npm ci --prefix tests/browser --ignore-scripts --no-audit --no-fund --loglevel=error && touch $@ \
	  || { rm -rf $(NODE); echo "npm could not fetch its packages: $(WITHOUT)"; }; fi

browser: $(VENV)/.dev $(NODE)/.made  ## the tests in a real browser (Chromium; Java for the HTML checker)
	@$(BIN)/python -m pytest -q -m browser $(or $(TESTS),tests/browser)

fuzz: $(VENV)/.dev  ## thousands of unsound requests and files at every parser and address; prints its figures
	@env -u LIREN_DATABASE_URL HYPOTHESIS_PROFILE=search $(BIN)/python -m pytest -q -n 0 $(or $(TESTS),tests/fuzz)

torture: $(VENV)/.dev  ## kill -9, full disk, power cut under load: is anything lost? (TORTURE="--rounds 20 --seed 7")
	@$(BIN)/python -m tests.torture $(TORTURE)

parity: $(VENV)/.dev  ## every figure of every pack on a demo: the live engine and the columnar one
	@home=$$(mktemp -d) && trap 'rm -rf "$$home"' EXIT && export LIREN_HOME=$$home && $(BIN)/liren demo --no-serve --out $$home/out \
	  && $(BIN)/python -m tests.demo.columnar $(or $(PERIODS),2022 2022Q2 2023-05 asof:2022-12-31)

province: $(VENV)/.dev  ## what speaks to Spark (600 MB, requirements-province.lock), and its tests
	@$(PIP) install --require-hashes -r requirements.lock -r requirements-dev.lock -r requirements-province.lock 2>&1 | $(SHOW)
	@$(BIN)/python -m pytest -q tests/figures/test_province.py

load: $(VENV)/.dev  ## a county's busiest hour, a race for last places, a thousand sign-ins at nine (LOAD=--short)
	@$(BIN)/python -m tests.torture.hour $(LOAD)

bench: $(VENV)/.stamp  ## what each piece of work costs on a grown county (RECORDS=10000)
	@$(BIN)/python -m benchmarks --records $(or $(RECORDS),10000) $(BENCH)

lighthouse: $(VENV)/.dev $(NODE)/.made  ## Lighthouse's marks of the main pages, each at least 95
	@$(BIN)/python -m tests.browser.lighthouse

screenshots: $(VENV)/.dev  ## docs/screenshots/*.webp anew, with Chromium (NAMES="report record" for some)
	@$(BIN)/python -m tests.browser.screenshots $(NAMES)

lint: $(VENV)/.dev  ## ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

tidy: $(VENV)/.dev  ## let ruff mend what it can
	@$(BIN)/ruff check --fix --exit-zero .
	@$(BIN)/ruff format .

types: $(VENV)/.dev  ## mypy
	@$(BIN)/mypy

packs: $(VENV)/.stamp  ## lint every shipped pack
	@$(BIN)/liren packs check

docs: $(VENV)/.stamp  ## is the generated part of the handbook fresh?
	@$(BIN)/liren docs check

wheel: $(VENV)/.stamp  ## dist/liren-*.whl, the packs inside
	@$(PIP) wheel --quiet --no-deps --no-build-isolation --wheel-dir dist . && ls dist

lock: pyproject.toml  ## renew both locks after a change of dependencies
	@.ci/lock

clean:  ## remove what make made, except your data in var/
	rm -rf $(VENV) $(NODE) dist out .pytest_cache .ruff_cache .mypy_cache
