# Two commands to know: `make demo` and `make test`. Each does all of its own set-up.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
SETUP := $(PYTHON) tools/environment.py
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate
OTHER_NUMPY := 2.3.5
COSMIC_RAY := 8.7.0
PEERS := nautilus_trader==1.221.0 backtrader==1.9.78.123 vectorbt==1.0.0 'plotly<7' bt==1.4.1 TA-Lib==0.8.2
# Thousands of days, worlds and kills over code that other tests cover: without coverage they take
# less than half the time.
LONG := tests/crash tests/faults/test_faulty_sessions.py tests/faults/test_single_faults.py \
	tests/load/test_load.py tests/risk tests/sequences \
	tests/cycle/test_signals.py tests/cycle/test_ten_years.py tests/unit/domain/cycle/test_decide.py \
	tests/unit/domain/execution/test_faulty_days.py tests/unit/domain/execution/test_restarts.py \
	tests/unit/domain/market/test_indicator_bits.py \
	tests/unit/domain/rules/test_evaluator_properties.py \
	plugins/alchemiser-klm/tests/test_klm_restatement.py \
	plugins/alchemiser-nuclear/tests/test_restatement.py \
	plugins/alchemiser-symphony/tests/test_fuzz.py plugins/alchemiser-symphony/tests/test_tables.py
PYTEST_ARGS ?= --numprocesses=auto --maxprocesses=8

.DEFAULT_GOAL := help
# The gates share one set of caches and one coverage file.
.NOTPARALLEL:
.PHONY: help demo test check style layers types dependencies coverage bench bench-rules bench-orders bench-fast bench-growth bench-exact bench-bars bench-pull bench-memory bench-load bench-indicators bench-sweep sequences mutation certify certify-corpus lock clean setup

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

setup:
	@$(SETUP)

demo: setup ## Run one whole trading day on a synthetic market
	@$(BIN)/alchemiser demo

test: ## Run all tests offline, with branch coverage (one process: PYTEST_ARGS=)
	@$(SETUP) --with-other-numpy
	@$(BIN)/python -m pytest --cov --cov-report= $(addprefix --ignore=,$(LONG)) $(PYTEST_ARGS)
	@$(BIN)/python -m pytest $(LONG) $(PYTEST_ARGS)

check: style layers types dependencies test coverage ## Run every gate

style: setup ## Check format and style
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .

layers: setup ## Check that the layers of the house import only those below them
	@$(BIN)/lint-imports --no-cache

types: setup ## Check types
	@$(BIN)/mypy

dependencies: setup ## Check that what is imported is declared, and what is declared imported
	@$(BIN)/deptry src
	@$(BIN)/python -m pip check

coverage: ## Compare the last test run's coverage with its floors
	@$(BIN)/python tools/coverage_gate.py

bench: setup ## Measure ours beside other engines, at the same tasks (MATCHES="W1 W2" ROUNDS=5)
	-@$(SETUP) --with-peers
	@$(BIN)/python -m tests.benchmarks.bench_peers $(MATCHES) --rounds $(or $(ROUNDS),5)

bench-rules: setup ## Measure what large rule trees cost, beside a day-by-day interpreter
	@$(BIN)/python -m tests.benchmarks.bench_rules

bench-orders: setup ## Measure what an order costs, beside two other engines (ORDERS=1000000)
	-@$(SETUP) --with-peers
	@$(BIN)/python -m tests.benchmarks.bench_orders $(ORDERS)

bench-fast: setup ## Measure what past sessions cost as arrays
	@$(BIN)/python -m tests.benchmarks.bench_fast

bench-growth: setup ## Measure and draw what a symbol and session cost as work grows (PICTURE=docs/growth.svg)
	-@$(SETUP) --with-peers
	@$(BIN)/python -m tests.benchmarks.bench_growth --rounds $(or $(ROUNDS),5) $(if $(PICTURE),--picture $(PICTURE))

bench-exact: setup ## Measure whole backtests by the exact engine
	@$(BIN)/python -m tests.benchmarks.bench_exact

bench-bars: setup ## Measure what reading a page of bars costs, beside the broker's own library
	@$(BIN)/python -m tests.benchmarks.bench_bars

bench-pull: setup ## Measure pulling ten years of bars from the local venue (SYMBOLS="5 50 500")
	@$(BIN)/python -m tests.benchmarks.bench_pull $(SYMBOLS)

bench-memory: setup ## Hold the memory of the live pipeline over SESSIONS=1000 sessions
	@$(BIN)/python -m tests.benchmarks.bench_memory $(or $(SESSIONS),1000)

bench-indicators: setup ## Measure five indicators of whole markets, beside TA-Lib
	@$(BIN)/python -m tests.benchmarks.bench_indicators

bench-sweep: setup ## Measure a thousand pairs of averages on 30 symbols
	@$(BIN)/python -m tests.benchmarks.bench_sweep

bench-load: setup ## Measure whole days of up to 20 strategies and 500 symbols at a local venue (RATE=180)
	@$(BIN)/python -m tests.benchmarks.bench_load $(RATE)

sequences: setup ## Tell a million sequences of events about orders (SEQUENCES=1000)
	@$(BIN)/python -m tests.sequences.many $(SEQUENCES)

mutation: ## Change the risk and brake code bit by bit; tests must notice (MUTATION_ARGS="watch --json")
	@$(SETUP) --with-mutation
	@$(BIN)/python -m tools.mutation $(MUTATION_ARGS)

certify: setup ## Certify the bundled strategies at 1,000 random sessions each
	@for name in sixty-forty nuclear tecl klm; do $(BIN)/alchemiser certify $$name || exit 1; done
	@$(BIN)/alchemiser certify rotation --config plugins/alchemiser-symphony/examples/alchemiser.toml

certify-corpus: setup ## Certify the corpus of cheats and clean strategies, and print the verdicts
	@$(BIN)/python -m tests.corpus.certify_corpus

lock: setup ## Resolve the requirements anew (newest versions: LOCK_ARGS=--upgrade)
	@$(COMPILE) $(LOCK_ARGS) --all-extras pyproject.toml -o requirements/dev.txt
	@$(COMPILE) pyproject.toml -c requirements/dev.txt -o requirements/runtime.txt
	@echo 'numpy==$(OTHER_NUMPY)' | $(COMPILE) - -o requirements/numpy-other.txt
	@echo 'cosmic-ray==$(COSMIC_RAY)' | $(COMPILE) - -o requirements/mutation.txt
	@printf '%s\n' $(PEERS) | $(COMPILE) - -o requirements/peers.txt

clean: ## Remove the environment and every cache
	@rm -rf .venv .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache .coverage .coverage.* htmlcov
