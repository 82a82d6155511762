# What a person types; each target sets up .venv first and does nothing twice.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export DVC_NO_ANALYTICS := 1
# uv where it is installed, which is faster, else pip; both from the same locks, with hashes.
INSTALL := $(if $(shell command -v uv),uv pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet --disable-pip-version-check) --require-hashes

.DEFAULT_GOAL := help
.PHONY: help setup repro test dataset experiments search review check update hooks gate lock clean

help:  ## list the targets
	@grep -hE '^([a-z-]+:.*##|##)' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/; s/^## //' | expand -t 18
	@echo; echo 'Everything else: .venv/bin/python -m lockstep --help'

## Every day
repro: setup  ## run what changed of the pipeline
	@python -m lockstep heal
	dvc repro

test: .venv/.test.stamp  ## check the style, and test recipes, components, conf/, dvc.yaml and one run
	ruff check .
	ruff format --check .
	pytest

dataset: setup  ## make a data set from a table; ARGS="NAME SOURCE --target COLUMN"
	@python -m lockstep new-dataset $(ARGS)

experiments: setup  ## show the experiments: the parameters and metrics that differ among them
	@dvc exp show --only-changed --no-pager --drop '^(sizes|target_rate|proof|leakage|baseline|prediction|train|metrics$$|metrics/|data/|models/|reports/|stages|lockstep|recipes|requirements|libraries|conf|Executor|State)'

search: setup  ## tune the model with Optuna; ARGS="--minutes 5 --keep 1"
	@python -m lockstep search $(ARGS)

review: setup  ## report what a branch does to the model; BASE=main OUTPUT=reports/review ARGS=--dry-run
	@python -m lockstep review --base "$(or $(BASE),main)" --output "$(or $(OUTPUT),reports/review)" $(ARGS)

check: setup  ## is dvc.lock current, does nothing lie in Git that should not? ARGS=--staged
	@python -m lockstep check $(ARGS)

## Rarely
setup: .venv/.stamp  ## make .venv with the locked libraries that running needs

update: setup  ## take over the template's newest version (docs/update.md)
	@python -m lockstep update $(ARGS)

hooks: .venv/.test.stamp  ## have Git check each commit and push (docs/check.md)
	@pre-commit install

gate: setup  ## exit 1 if the verdict is not a pass
	@python -m lockstep gate

lock:  ## lock the dependencies of pyproject.toml anew (needs uv)
	uv pip compile pyproject.toml --group own $(LOCK) -o requirements.lock
	uv pip compile pyproject.toml --group own --extra dev -c requirements.lock $(LOCK) -o requirements-dev.lock \
		$(call leave-out,requirements.lock)

clean:  ## remove .venv and caches; data and models stay
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# Options that leave out the packages of a lock.
leave-out = $$(grep -hv platform $(1) | sed -nE 's/^([a-z0-9._-]+)==.*/--no-emit-package \1/p' | sort -u)
LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

.venv/.stamp: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; try make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo 'installing the libraries of requirements.lock into .venv'
	@$(INSTALL) -r requirements.lock
	@# DVC's own caches lie in a folder that is writable for everyone, unless it is told another.
	@mkdir -p .cache && chmod 700 .cache
	@# `dvc config` cannot write a path with letters beyond ASCII.
	@$(BIN)/python -c 'import configobj, sys; conf = configobj.ConfigObj(".dvc/config.local", encoding="utf-8"); conf.setdefault("core", {})["site_cache_dir"] = sys.argv[1]; conf.write()' "$(CURDIR)/.cache/dvc"
	@$(BIN)/python -m lockstep check --locks
	@touch $@

.venv/.test.stamp: .venv/.stamp requirements-dev.lock
	@echo 'installing what the tests need (requirements-dev.lock)'
	@$(INSTALL) -r requirements.lock -r requirements-dev.lock
	@touch $@

# What is typed in the template's own repository.
-include template/template.mk
