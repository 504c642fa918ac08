# Everything one needs to work on the helpdesk. `make help` tells what there is.
# Needed: Python 3.11 or newer, make and the package index; no root. Everything lands in .venv/, .uv/ and instance/.

PYTHON ?= python3
export UV_PYTHON_DOWNLOADS := never
export UV_LINK_MODE := copy

BIN := .venv/bin
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help setup run test browser check bench fix clean

help: ## Show what can be done
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## Make .venv from the lock file; nothing happens when it is up to date

$(READY): uv.lock pyproject.toml .ci/setup
	@PYTHON="$(PYTHON)" .ci/setup
	@touch $@

run: setup ## Make the database, the index and the demo year, then serve on 127.0.0.1:8000 until Ctrl-C
	@trap 'exit 0' INT TERM; $(BIN)/helpdesk serve --with-worker --demo

test: setup ## Run all tests: plain, stored (PostgreSQL too when it is installed), and the browser journeys
	@.ci/test

browser: setup ## Run the browser journeys only; skipped when there is no Chromium
	@$(BIN)/pytest -q -m browser tests/browser

check: setup ## Run the linters, the type checker, the import contracts, the check of content/, and the audit of libraries
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint helpdesk --check --lint
	$(BIN)/helpdesk content check
	@.ci/audit

bench: setup ## Measure what we claim about speed, beside other search engines
	@PYTHON="$(PYTHON)" .ci/setup --group bench
	@for program in benchmarks/*.py; do \
		test -e "$$program" || continue; \
		echo "== $$program"; $(BIN)/python "$$program" || exit 1; \
	done

fix: setup ## Mend what the linters can mend, and format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint helpdesk --reformat --quiet

clean: ## Remove the virtual environment and the caches; the database in instance/ stays
	rm -rf .venv .uv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
