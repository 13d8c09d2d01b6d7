# make run: everything set up and the practice room open. make test: everything set up and checked.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8501
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: run test check lint types contracts tests browser clean eval-coding eval-speed eval-fresh eval-adversarial eval-probes eval-relevance eval-fit eval-talks eval-client

run: .venv/ready
	@$(BIN)/evoke app --port $(PORT)

test: .venv/ready-dev browser tests

check: .venv/ready-dev browser lint types contracts tests

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
types:
	$(BIN)/mypy
contracts:
	$(BIN)/lint-imports
tests:
	$(BIN)/pytest
browser: .venv/ready-dev
	@$(BIN)/python -m tests.browser

comma := ,
# uv is quick; where it cannot reach the index that pip is set up for, pip does the same.
define install
	$(BIN)/python -m pip install -q "uv>=0.9,<1" pip -U
	$(BIN)/uv pip install -q --python $(BIN)/python --only-binary :all: --no-binary evoke-mi -c constraints.txt -e '$(1)' \
		|| $(BIN)/python -m pip install -q --only-binary :all: -c constraints.txt -e '$(1)'
endef

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Evoke needs Python 3.11 or newer: make PYTHON=python3.12 run")'
	$(PYTHON) -m venv .venv
.venv/ready: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing Evoke (once, about a minute) ..."
	$(call install,.)
	@touch $@
.venv/ready-dev: pyproject.toml constraints.txt | .venv/bin/python
	$(call install,.[dev])
	@touch $@ .venv/ready

.venv/ready-eval: .venv/ready-dev
	$(call install,.[dev$(comma)eval])
	@touch $@

eval-coding: .venv/ready-eval
	$(BIN)/python eval/coding/agreement.py $(if $(ANNOMI),--annomi $(ANNOMI) --folds $(RUNS))
	$(BIN)/python eval/coding/speed.py --most 1500 $(if $(ANNOMI),--transcripts $(ANNOMI)/annomi-train-simple.csv)
eval-speed: .venv/ready-dev
	$(BIN)/python -m eval.speed.turns
eval-fresh: .venv/ready-dev
	$(BIN)/python -m eval.speed.fresh
eval-relevance: .venv/ready-dev
	$(BIN)/python -m eval.client.relevance
eval-adversarial: .venv/ready-dev
	$(BIN)/python -m eval.client.adversarial
eval-client: .venv/ready-dev
	$(BIN)/python -m eval.client.realism --personas all --seeds 11 --out eval/results
eval-probes: .venv/ready-dev
	$(BIN)/python -m eval.client.probes
eval-fit: .venv/ready-eval
	$(BIN)/python -m eval.client.fit --write
eval-talks: .venv/ready-dev
	$(BIN)/python -m eval.client.talks

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache
