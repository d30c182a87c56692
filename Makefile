# `make run` and `make test` do all the set-up. Every target works from a fresh clone.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test fast check fmt model evaluate bench samples clean

run: .venv/lean  ## scan the sample log with the bundle that ships
	$(BIN)/breachline scan samples/shop.jsonl.gz

test: .venv/test  ## every test
	$(BIN)/pytest

fast: .venv/test  ## the tests that need no broker and no TensorFlow
	$(BIN)/pytest tests/unit tests/contracts tests/properties -m "not tensorflow" -k "not kafka_topic"

check: .venv/test .venv/check  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fmt: .venv/check
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

samples: .venv/lean  ## write samples/ anew from its seed
	$(BIN)/breachline-train generate --samples samples

model: .venv/test  ## train the bundle that ships
	$(BIN)/breachline-train fit --out detector/models/default

evaluate: .venv/test  ## judge the bundle that ships; on public sets where they are at hand
	$(BIN)/breachline-train evaluate detector/models/default

bench: .venv/lean  ## benchmarks; nothing gates on them
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv build *.egg-info

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed, found " + sys.version)'
	$(PYTHON) -m venv .venv

.venv/lean: .venv/bin/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/test: .venv/lean
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@

.venv/check: .venv/lean
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[check]'
	touch $@
