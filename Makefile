# Every target makes its own virtual environment in .venv: a fresh machine needs Python 3.11 or newer, and make.
#   make conformance                                        the whole suite against the embedded server
#   make conformance TARGET_URL=https://… BUDGET=quick      … against a server of yours (keys: see below)
# Keys are read from the environment: CONFORMANCE_INTEGRATION_KEY, CONFORMANCE_APP_KEY, CONFORMANCE_SECOND_KEY.

PYTHON     ?= python3
VENV       ?= .venv
BIN        := $(VENV)/bin
READY      := $(VENV)/.ready
TARGET_URL ?=
BUDGET     ?=
ARGS       ?=
# Many tests wait more than they work: two of them to a processor.
JOBS       ?= $(shell $(PYTHON) -c 'import os; print(2 * (os.cpu_count() or 1))')
SAMPLE     ?=
PART       ?=

# Compiled modules are kept: the many short runs of the tests would compile them anew each time.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help venv conformance test test-faults test-matrix kill-matrix test-hostile test-flaky bench mutation lint format clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16
	@echo
	@echo "Variables of conformance: TARGET_URL=URL BUDGET=quick|standard|thorough ARGS='any option of pytest --help'"

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is %d.%d: set PYTHON=" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { \
	  rm -rf $(VENV); echo "no virtual environment could be made: install the venv module of Python (Debian: python3-venv)" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

venv: $(READY) ## Make the virtual environment

conformance: $(READY) ## Run the suite: TARGET_URL=… or the embedded server; report in reports/latest/
	@$(BIN)/python -m pytest $(if $(TARGET_URL),--target-url '$(TARGET_URL)') $(if $(BUDGET),--budget $(BUDGET)) $(ARGS)

test: $(READY) ## Test the suite itself (under 5 minutes)
	@$(BIN)/python -m pytest tests -n $(JOBS) --dist worksteal -m 'not long' $(ARGS)

test-faults: $(READY) ## The faults that make test leaves out: every fault is caught, in its own row (PART=2/4: a quarter)
	@PART=$(PART) $(BIN)/python -m pytest tests/matrix/test_faults_are_caught.py -n $(JOBS) --dist worksteal -m long $(ARGS)

test-matrix: $(READY) ## Every fault at quick and standard, every variant, all budgets, 20 seeds (hours; SAMPLE=N takes N faults and no more)
ifeq ($(SAMPLE),)
	@$(BIN)/conformance faults --matrix
	@$(BIN)/conformance faults --matrix --budget standard
	@$(BIN)/python -m pytest tests/matrix -n $(JOBS) -m 'long or not long' -k 'not test_every_fault_is_caught' $(ARGS)
else
	@$(BIN)/conformance faults --matrix --sample $(SAMPLE)
endif

kill-matrix: $(READY) ## Run every fault; write docs/kill-matrix.md and spec/kill-figure.json
	@$(BIN)/conformance faults --matrix

test-hostile: $(READY) ## The hostile targets, killed runs and echoed keys that make test leaves out (6 minutes)
	@$(BIN)/python -m pytest tests/hostile -n $(JOBS) --dist worksteal -m hostile_long --deselect tests/hostile/test_flaky_lines.py $(ARGS)

test-flaky: $(READY) ## 50 runs over a line that loses 5% of its connections, 20 over a slow store (long)
	@$(BIN)/python -m pytest tests/hostile/test_flaky_lines.py -n $(JOBS) -m hostile_long $(ARGS)

bench: $(READY) ## Measure speed and memory; writes benchmarks/results.md
	@$(BIN)/python benchmarks/run.py $(ARGS)

mutation: $(READY) ## Break the checks one place at a time; writes docs/mutation.md (long)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,mutation]'
	@rm -rf build/mutation && mkdir -p build/mutation
	@$(BIN)/python benchmarks/mutation.py record build/mutation/recordings
	@$(BIN)/python benchmarks/mutation.py run build/mutation/recordings --work build/mutation/copy $(ARGS)

lint: $(READY) ## ruff, mypy, import direction
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(READY) ## Format the code and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## Remove the virtual environment, caches and builds (reports stay)
	@rm -rf $(VENV) build dist .hypothesis .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
