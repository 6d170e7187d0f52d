# Every target makes what it needs first, from python3, python3-venv, git and make alone; what is there already is kept.
# A virtual environment need not be activated.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Two cores run two test processes: a thread pool in each would only be in the way.
export OPENBLAS_NUM_THREADS ?= 1
# Called from a git hook, these would point the tests' scratch repositories at this one.
unexport GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
# The tests start the command hundreds of times: it must not be compiled each time.
unexport PYTHONDONTWRITEBYTECODE

PYTEST_WORKERS ?= 2

.PHONY: help
help: ## list the targets
	@echo "make TARGET, where TARGET is"
	@sed -nE 's/^([a-z-]+):.*## (.*)/  \1 \t\2/p' $(MAKEFILE_LIST) | expand -t 12

.PHONY: demo
demo: ## watch one change go through the whole system on this machine, in a scratch repository
	@tools/setup.sh run
	@mlops-gitops demo

.PHONY: test
test: lint render-check npm-tools judges ## all checks and all tests, as CI runs them
	@echo "== tests"
	@pytest -n $(PYTEST_WORKERS) --dist loadfile -m "not alone"
	@echo "== tests that want the machine for themselves"
	@pytest -m alone
	@echo "make test: every check and every test passed"

.PHONY: quick
quick: lint ## the checks, and the tests that take no time
	@pytest -n $(PYTEST_WORKERS) --dist loadfile -m "not slow"

.PHONY: fuzz
fuzz: environment ## look for configurations that break the compiler (EXAMPLES=5000 a property)
	@PROPERTY_EXAMPLES=$${EXAMPLES:-5000} pytest -n $(PYTEST_WORKERS) tests/properties

.PHONY: lint
lint: environment ## style, types and layers
	@echo "== ruff" && ruff check . && ruff format --check .
	@echo "== mypy" && mypy
	@echo "== layers" && lint-imports

.PHONY: format
format: environment ## let ruff rewrite what it can
	@ruff check --fix .
	@ruff format .

.PHONY: render-check
render-check: environment ## is rendered/ what projects/ say?
	@echo "== render" && mlops-gitops render --check

.PHONY: bench
bench: environment ## start-up times, as ratios
	@python benchmarks/startup.py

.PHONY: bench-compiler
bench-compiler: environment ## the compiler on a thousand projects, beside libyaml, git, go-jsonnet and kustomize
	@python benchmarks/compiler.py $(if $(SIZES),--sizes $(SIZES))

.PHONY: lock
lock: ## renew every lock (KEEP=1: change only what pyproject.toml asks for)
	@tools/lock.sh $(if $(KEEP),--keep)

.PHONY: judges
judges: environment ## build or install the tools that judge what is rendered (minutes the first time; kept in the user's cache)
	@tools/setup.sh judges

.PHONY: clean
clean: ## remove what set-up and tests made (the state in .mlops-gitops/ stays)
	@rm -rf .venv .tools tools/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage build dist
	@find . -name .git -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: environment
environment:
	@tools/setup.sh test

# The CI file is run for real where rsync is at hand; without it that one test says so and is skipped (in CI it fails).
.PHONY: npm-tools
npm-tools:
	@if command -v rsync >/dev/null; then tools/setup.sh npm; fi
