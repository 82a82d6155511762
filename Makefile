# What a person types; each target sets up .venv first and does nothing twice.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export DVC_NO_ANALYTICS := 1

.DEFAULT_GOAL := help
.PHONY: help setup dataset fetch repro test check hooks adopt search retrain experiments gate \
	promote rollback remote push verify lock clean review

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

setup: .venv/.stamp  ## make .venv with the locked dependencies

.venv/.stamp: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; try make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@# DVC's own caches lie in a folder that is writable for everyone, unless it is told another.
	@mkdir -p .cache && chmod 700 .cache
	@$(BIN)/dvc config --local core.site_cache_dir "$(CURDIR)/.cache/dvc"
	@touch $@

retrain: setup  ## retrain on new data, by the policy of conf/retrain/; ARGS="policy=promote"
	@python -m lockstep retrain $(ARGS)

fetch: setup  ## refresh data/raw/ from dataset.source; ARGS="--dry-run"
	@python -m lockstep fetch $(ARGS)

repro: setup  ## run what changed of the pipeline
	dvc repro

test: setup  ## lint, types and tests
	ruff check .
	ruff format --check .
	mypy
	pytest

check: setup  ## is dvc.lock current, does nothing lie in Git that should not? ARGS=--staged
	@python -m lockstep check $(ARGS)

hooks: setup  ## have Git check each commit and push (docs/check.md)
	@pre-commit install

dataset: setup  ## make a data set from a table; ARGS="NAME SOURCE --target COLUMN"
	@python -m lockstep new-dataset $(ARGS)

adopt: setup  ## write an applied experiment's parameters into conf/; asks first
	@python -m lockstep save-params

experiments: setup  ## show the experiments: the parameters and metrics that differ among them
	@dvc exp show --only-changed --no-pager --drop '^(sizes|target_rate|proof|leakage|baseline|prediction|train|metrics/|data/|models/|reports/|stages/|pipeline/|recipes|requirements|conf|hydra|Executor|State)'

.PHONY: sweep credentials pull publish
sweep: setup  ## run experiments and compare them; ARGS="model.params.depth=4,6,8"
	@python -m lockstep sweep $(ARGS)

search: setup  ## tune the model with Optuna; ARGS="--minutes 5 --keep 1"
	@python -m lockstep search $(ARGS)

review: setup  ## what a branch does to the model, as Markdown; BASE=main OUTPUT=reports/review ARGS=--dry-run
	@python -m lockstep review --base "$(or $(BASE),main)" --output "$(or $(OUTPUT),reports/review)" $(ARGS)

gate: setup  ## exit 1 if the verdict is not a pass
	@python -c 'import json, sys; verdict = json.load(open("metrics/gate.json"))["verdict"]; print("verdict:", verdict); sys.exit(verdict != "pass")'

promote: setup  ## make the registered bundle the champion; asks first
	@python -m lockstep promote

rollback: setup  ## go back to the champion before this one; asks first
	@python -m lockstep rollback

remote: setup  ## set the DVC remote: URL=s3://bucket/path ARGS=--force; without URL try the one set
	@python -m lockstep remote $(if $(URL),"$(URL)") $(ARGS)

credentials: setup  ## give DVC its remote's credentials from DVC_CONFIG_LOCAL and DVC_KEY, as CI does
	@python -m lockstep credentials

pull: setup  ## bring what was built into place, as far as the remote has it
	@python -m lockstep pull

push: setup  ## share what was built and every version through the remote; ARGS=--run-cache: all runs too
	@python -m lockstep push $(ARGS)

publish: setup  ## share what main built: data, and what passed as a tagged version; ARGS=--dry-run
	@python -m lockstep publish $(ARGS)

verify: setup  ## rebuild the last commit in a clean clone and compare
	python -m lockstep verify

lock: setup  ## pin the dependencies of pyproject.toml anew (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements.lock

clean:  ## remove .venv and caches; data and models stay
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis
