# What people and CI type. Everything runs offline once the virtual environment stands.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
ADOPTION_HOME ?= data
export ADOPTION_HOME
export DO_NOT_TRACK = 1
export DBT_SEND_ANONYMOUS_USAGE_STATS = false
export DAGSTER_DISABLE_TELEMETRY = yes
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: nightly test nights orders soak bench lint ui lock audit-full docs calendars

# The fixed sample, so that README can show the exact result.
nightly: $(VENV)/.runtime
	@if [ -z "$$(find $(ADOPTION_HOME)/inbox -type f -print -quit 2>/dev/null)" ]; then \
		$(BIN)/adoption sample --employees 200 --from 2026-01-30 --to 2026-03-30 --seed 7; \
	fi
	@$(BIN)/adoption nightly --date 2026-03-30

test: $(VENV)/.dev
	$(BIN)/pytest -n 2 --dist worksteal

# Thirty nights one by one against the thirty as one backfill; the suite runs eight.
nights: $(VENV)/.dev
	ADOPTION_TEST_NIGHTS=30 $(BIN)/pytest tests/golden/test_order_of_runs.py

# Some 60 deliveries in 20 drawn orders against the same in one backfill; the suite tries one.
orders: $(VENV)/.dev
	ADOPTION_TEST_NIGHTS=12 ADOPTION_TEST_ORDERS=20 $(BIN)/pytest -n 2 tests/golden/test_order_of_runs.py -k any_order

# 100,000 randomly damaged deliveries and 50,000 tiny files; another ADOPTION_TEST_SEED draws other damage. 30 nights on
# end, to see that nothing stays behind; 20 drawn histories of lists against an oracle. Then faults: every named point of
# publishing ten times, 1,000 kills at random times under 4 readers who read 100,000 times, 100 paused runs, every call
# with every error, 50 nights killed.
soak: $(VENV)/.dev
	ADOPTION_TEST_DAMAGED=100000 ADOPTION_TEST_SEED=$${ADOPTION_TEST_SEED:-1} ADOPTION_TEST_TINY_FILES=50000 \
		$(BIN)/pytest -n 2 tests/unit/test_damaged_deliveries.py tests/unit/test_hostile_input.py
	ADOPTION_TEST_SOAK_NIGHTS=30 $(BIN)/pytest tests/integration/test_many_nights.py
	ADOPTION_TEST_HISTORIES=20 $(BIN)/pytest -n 2 tests/golden/test_statements_read_once.py
	for round in {1..10}; do $(BIN)/pytest -q tests/faults/test_publish_faults.py || exit 1; done
	ADOPTION_TEST_ALL_CALLS=1 $(BIN)/pytest -n 2 tests/faults/test_failing_calls.py
	ADOPTION_TEST_KILLS=1000 ADOPTION_TEST_READS=100000 ADOPTION_TEST_PAUSES=100 $(BIN)/pytest tests/faults/test_readers.py
	ADOPTION_TEST_KILLED_NIGHTS=50 $(BIN)/pytest tests/faults/test_killed_runs.py

# A night pulled and landed, its tiers, and the week policies against the package they are named after: times and peaks.
bench: $(VENV)/.dev
	@$(BIN)/python -m tests.benchmarks.pulling
	@$(BIN)/python -m tests.benchmarks.landing_night
	@$(BIN)/python -m tests.benchmarks.bank_night
	@$(BIN)/python -m tests.benchmarks.statement_night
	@$(BIN)/python -m tests.benchmarks.tier_night
	@$(BIN)/python -m tests.benchmarks.usage_segments

# The data tests of dbt over all history of the generation in force; a night looks at the dates it touched.
audit-full: $(VENV)/.runtime
	@$(BIN)/python -m orchestration.upkeep.audit_full

docs: $(VENV)/.runtime
	@$(BIN)/python -m orchestration.upkeep.table_reference

# Freezes the holiday calendars anew; only when countries or years are added.
calendars: $(VENV)/.runtime
	@$(BIN)/python -m orchestration.upkeep.freeze_calendars

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m orchestration.tiers.refusals
	$(BIN)/dbt --quiet parse --no-version-check --profiles-dir dbt_project --target-path $(VENV)/dbt_parse --log-path $(VENV)/dbt_parse

ui: $(VENV)/.runtime
	@$(BIN)/adoption ui

# Needs an index: resolves requirements*.in anew and writes the hash of every file of each pinned version.
lock: $(VENV)/.dev
	$(PYTHON) -m venv $(VENV)/lock && $(VENV)/lock/bin/pip install --quiet pip-tools
	@for name in requirements requirements-dev; do \
		CUSTOM_COMPILE_COMMAND="make lock" $(VENV)/lock/bin/pip-compile --quiet --generate-hashes --allow-unsafe \
			--no-strip-extras --no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
			--output-file $$name.lock $$name.in; \
	done

# Versions and hashes come from the lock; the project itself is built with the setuptools of the lock.
$(VENV)/.runtime: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked requirements into $(VENV)"
	@$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@$(BIN)/python -c "from pathlib import Path; from orchestration.transformation import dbt_run; dbt_run.keep_parse(Path('$(VENV)'))"
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	@$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@
