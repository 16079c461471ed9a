# `make briefing` and `make test` need make, Python 3.11 or newer and, the first time, a package index.
# They make .venv, which holds exactly what requirements.lock names, and reuse it while that is unchanged.
# `make test` puts the optional libraries of requirements-extras.lock beside them.

DEFINITION ?= rare-earth-products
PARTNER ?= JPN
PERIOD ?= 2025-12
AS_OF ?= 2026-01-21
TO ?= pdf,html,xlsx

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/made-for
EXTRAS := $(VENV)/made-with
# The environment is right for this folder (its scripts name it) and these two files.
STATE = "$(CURDIR) $$(cat requirements.lock pyproject.toml | cksum)"
PYTHONS = $(or $(PYTHON),python3 python3.13 python3.12 python3.11)
ASK = import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
PIP = $(BIN)/python -m pip install -qq --disable-pip-version-check
COMPILE = $(BIN)/uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate $(ARGS)

# Compiled modules are kept: without them every start of Python takes seconds more.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help env packages extras briefing test lab docs lint format types concordances lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

briefing: env ## make the briefing: PDF, HTML, workbook (DEFINITION= PARTNER= PERIOD= AS_OF= TO=)
	@$(BIN)/tonnage build
	@$(BIN)/tonnage report notebooks/briefing.ipynb -p definition="$(DEFINITION)" -p partner="$(PARTNER)" \
		-p period="$(PERIOD)" --as-of "$(AS_OF)" --to "$(TO)"

test: extras ## run every test (ARGS= goes to pytest)
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

lab: env ## open JupyterLab on notebooks/
	@$(BIN)/tonnage build
	@$(BIN)/jupyter lab notebooks

docs: env ## build the book into docs/_build/html
	@$(BIN)/tonnage build
	@$(BIN)/sphinx-build -W --keep-going -q docs docs/_build/html
	@echo "docs: docs/_build/html/index.html"

lint: env ## check style and format
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

format: env ## put the code into its format
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

types: env ## check types
	@$(BIN)/mypy

env: ## make .venv from requirements.lock, or reuse it
	@if [ "$$(cat $(STAMP) 2>/dev/null)" = $(STATE) ] && $(BIN)/python -c "" 2>/dev/null; \
	then echo "environment: reused ($(VENV))"; \
	else $(MAKE) --no-print-directory packages; fi

# A name on PATH may not run, or lack venv: each candidate is asked.
# uv takes a tenth of pip's time; pip, which every venv has, goes on where uv cannot run or reach its index.
packages:
	@for python in $(PYTHONS); do \
	  if "$$python" -c "$(ASK)" 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "tonnage needs Python 3.11 or newer with its venv module; not so: $(PYTHONS)" >&2; \
	  echo "Install one (Debian: apt install python3-venv) or name it: make briefing PYTHON=..." >&2; \
	  exit 1; \
	fi; \
	echo "environment: making $(VENV) with $$found, $$(grep -c '^[a-z].*==' requirements.lock) pinned packages"; \
	"$$found" -m venv --clear $(VENV)
	@awk '/^uv==/ { on = 1 } on { print } on && !/\\$$/ { exit }' requirements.lock > $(VENV)/uv.txt
	@{ $(PIP) --require-hashes --no-deps -r $(VENV)/uv.txt && \
	   $(BIN)/uv pip sync -q --python $(BIN)/python --require-hashes requirements.lock; } || \
	 { echo "environment: uv did not succeed; pip goes on, which takes minutes"; \
	   $(PIP) --require-hashes --no-deps -r requirements.lock; }
	@$(PIP) --no-deps --no-build-isolation -e .
	@echo $(STATE) > $(STAMP)
	@echo "environment: ready"

# An optional library that cannot be had here leaves its tests skipped; in CI it is an error.
extras: env
	@if [ "$$(cat $(EXTRAS) 2>/dev/null)" != "$$(cksum < requirements-extras.lock)" ]; then \
	  echo "environment: $$(grep -c '^[a-z].*==' requirements-extras.lock) packages for optional analyses"; \
	  if $(BIN)/uv pip install -q --python $(BIN)/python --no-deps --require-hashes -r requirements-extras.lock \
	    || $(PIP) --require-hashes --no-deps -r requirements-extras.lock; \
	  then cksum < requirements-extras.lock > $(EXTRAS); \
	  else echo "environment: no optional libraries; their tests are skipped" >&2; test "$(CI)" != true; fi; \
	fi

lock: env ## compile the two locks anew (ARGS=--upgrade for newer packages)
	@$(COMPILE) --group dev --group docs -o requirements.lock
	@printf '%s\n' \
		"# Every package of the environment, pinned with its hashes, for Python 3.11 and later on any system." \
		"# Made by 'make lock' from pyproject.toml (dependencies, dev, docs). Do not edit." \
		> requirements.lock.new && grep -v '^#' requirements.lock >> requirements.lock.new
	@mv requirements.lock.new requirements.lock
	@$(COMPILE) --extra panel --extra x13 --group peers -c requirements.lock \
		$$(sed -n 's/^\([A-Za-z0-9._-]*\)==.*/--no-emit-package \1/p' requirements.lock) -o requirements-extras.lock
	@printf '%s\n' \
		"# What optional analyses and their tests need beside requirements.lock, pinned with its hashes." \
		"# Made by 'make lock' from pyproject.toml (panel, x13, peers). Do not edit." \
		> requirements.lock.new && grep -v '^#' requirements-extras.lock >> requirements.lock.new
	@mv requirements.lock.new requirements-extras.lock

concordances: env ## take the publishers' newer concordance files (FILES="a.xlsx b.xls") into the model
	@$(BIN)/python -m tonnage.model.concordance_files $(FILES)

clean: ## remove what was made; data/raw stays
	rm -rf $(VENV) data/processed reports docs/_build .mypy_cache .ruff_cache .pytest_cache .hypothesis
