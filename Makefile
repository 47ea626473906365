# Two commands do everything on a machine with Python 3.11 (or later) and make:
#   make brief   the environment in .venv, then a brief on real figures under out/
#   make test    format, lint, types, docs, tests and doctests
# Beside them: make backtest, system, proof, docs, lock, wheelhouse, clean.

PYTHON ?= $(shell command -v python3.11 || command -v python3 || command -v python)
# A folder of wheels for a closed network: make test WHEELHOUSE=wheelhouse
WHEELHOUSE ?=
WORKERS ?= 2

BIN := .venv/bin
UV := $(BIN)/uv
UV_STAMP := .venv/.uv-installed
STAMP := .venv/.installed
SOURCE := $(if $(WHEELHOUSE),--no-index --find-links $(WHEELHOUSE))
LOCK := --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --python-version 3.11

BRIEF_ECONOMY ?= JPN
BRIEF_SCENARIO ?= october-2025-resumed
BRIEF_OUT ?= out/jpn-october-2025-resumed

.PHONY: brief pictures backtest test format lint types docs tests system proof lock lock-check wheelhouse environment clean
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help:
	@sed -n '1,4s/^# \{0,1\}//p' Makefile

# --- the environment -----------------------------------------------------------------------------

environment: $(STAMP)

# uv comes first, by its own hashed lock; pip installs nothing else.
$(UV_STAMP): requirements-uv.lock
	@test -n "$(PYTHON)" || { echo "No Python was found. Install Python 3.11 or later, or run make PYTHON=/path/to/python."; exit 2; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is older than 3.11. Run make PYTHON=/path/to/python3.11 (or later)."; exit 2; }
	@"$(PYTHON)" -m venv .venv || { \
		echo "Python's own venv module did not work. On Debian or Ubuntu: apt-get install python3-venv."; exit 2; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes $(SOURCE) -r requirements-uv.lock
	@touch $@

$(STAMP): $(UV_STAMP) requirements.lock pyproject.toml
	$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes $(SOURCE) -r requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps $(SOURCE) --editable .
	@touch $@

# --- the main job --------------------------------------------------------------------------------

brief: $(STAMP)
	$(BIN)/lodestone brief $(BRIEF_ECONOMY) --scenario $(BRIEF_SCENARIO) --out $(BRIEF_OUT)

# The first pages of that brief as the pictures of the docs.
pictures: brief
	$(BIN)/python docs/pictures.py $(BRIEF_OUT)
	$(BIN)/lodestone respond october-2025-resumed --economy JPN --frontier 12 --out out/jpn-plan
	$(BIN)/python docs/pictures.py out/jpn-plan plan 2

# The page of the back-tests with its tables.
backtest: $(STAMP)
	$(BIN)/python docs/backtest_page.py

# --- the checks ----------------------------------------------------------------------------------

test: format lint types docs tests

format: $(STAMP)
	$(BIN)/ruff format --check .

lint: $(STAMP) lock-check
	$(BIN)/ruff check .

types: $(STAMP)
	$(BIN)/mypy

docs: $(STAMP)
	$(BIN)/sphinx-build --quiet -W --keep-going -b html docs docs/_build/html

# The dependency table, the literals, the tests of every package, and every doctest in lodestone/.
tests: $(STAMP)
	$(BIN)/pytest -n $(WORKERS)

# Slow evidence: security lint, tests marked proof, then that the benchmarks still run (benchmarks/README.md).
proof: $(STAMP)
	$(BIN)/bandit --quiet --recursive --severity-level medium lodestone
	$(BIN)/pytest -m proof tests; code=$$?; \
		if [ $$code -eq 5 ]; then echo "No test is marked proof yet."; elif [ $$code -ne 0 ]; then exit $$code; fi
	@for file in $(wildcard benchmarks/[a-z]*.py); do \
		echo "$(BIN)/python $$file --quick"; $(BIN)/python $$file --quick || exit 1; done

# --- what the machine itself must have -----------------------------------------------------------

# A browser for the tests marked browser, PostgreSQL for those marked postgres. Nothing else is needed.
system:
	@missing=""; \
	command -v chromium >/dev/null 2>&1 || missing="chromium"; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || missing="$$missing postgresql"; \
	if [ -z "$$missing" ]; then echo "Chromium and PostgreSQL are here; nothing to install."; exit 0; fi; \
	if ! command -v apt-get >/dev/null 2>&1; then \
		echo "There is no apt-get here. Install these by your system's own means, or go without the tests that need them: $$missing"; exit 2; fi; \
	if [ "$$(id -u)" -eq 0 ]; then as=""; elif sudo -n true 2>/dev/null; then as="sudo"; else \
		echo "Only root may install $$missing. Ask an administrator to run: apt-get install --no-install-recommends $$missing"; exit 2; fi; \
	echo "Installing $$missing"; \
	$$as apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$as apt-get install -y -qq --no-install-recommends $$missing >/dev/null

# --- locks and wheels ----------------------------------------------------------------------------

# The hashed requirements form names no registry; the check keeps it so.
lock: $(UV_STAMP)
	$(UV) pip compile --quiet --upgrade $(LOCK) requirements-uv.in -o requirements-uv.lock
	$(UV) pip compile --quiet --upgrade $(LOCK) --extra dev pyproject.toml -o requirements.lock
	$(UV) pip compile --quiet --upgrade $(LOCK) benchmarks/requirements-peers.in -o benchmarks/requirements-peers.txt
	@$(MAKE) --no-print-directory lock-check

lock-check:
	@if grep -nE '(https?|file)://' requirements.lock requirements-uv.lock benchmarks/requirements-peers.txt; then \
		echo "A lock names an address. Take it out: run make lock again without it."; exit 1; fi

# Everything a closed network needs, for this platform and Python. There:
#   copy the checkout with wheelhouse/ in it, then  make test WHEELHOUSE=wheelhouse
wheelhouse: $(STAMP)
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --require-hashes --only-binary :all: -d wheelhouse -r requirements-uv.lock
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --require-hashes --only-binary :all: -d wheelhouse -r requirements.lock
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation -w wheelhouse .
	@echo "In the closed network: make brief WHEELHOUSE=wheelhouse, or, for the program alone,"
	@echo "  python3 -m venv .venv && .venv/bin/pip install --no-index --find-links wheelhouse lodestone"

clean:
	rm -rf out docs/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find lodestone tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
