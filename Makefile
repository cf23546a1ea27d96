# 招商一张图. `make` alone lists the commands.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
FLASK := $(VENV)/bin/flask --app app

.PHONY: help setup run test lint format bench soak check-policies pictures lock clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

$(VENV)/run.done: requirements.lock scripts/venv
	@scripts/venv $(PYTHON) requirements.lock $@

$(VENV)/dev.done: requirements-dev.lock $(VENV)/run.done
	@scripts/venv $(PYTHON) requirements-dev.lock $@

setup: $(VENV)/run.done .cache/counties.geojson ## what running needs: the virtual environment and the county boundaries

.cache/counties.geojson: $(VENV)/run.done geo/counties.py requirements-counties.lock
	@scripts/counties $(VENV) $@

run: setup ## serve http://127.0.0.1:5000 with the base dataset (PORT=… changes the port)
	@$(FLASK) data load-base
	@$(FLASK) serve

test: $(VENV)/dev.done ## everything: lint, types, tests, browser; installs what Debian must give
	@scripts/system-packages
	@$(MAKE) --no-print-directory setup lint
	@$(VENV)/bin/python -m pytest -q -n auto --dist loadfile

lint: $(VENV)/dev.done ## ruff (lint and format) and mypy
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check . && $(VENV)/bin/mypy

format: $(VENV)/dev.done ## let ruff put the code in order
	@$(VENV)/bin/ruff check --fix . && $(VENV)/bin/ruff format .

bench: $(VENV)/dev.done setup ## measure; prints ratios of medians
	@$(VENV)/bin/python -m benchmarks

soak: $(VENV)/dev.done setup ## the long runs
	@$(VENV)/bin/python -m pytest -q --soak

check-policies: $(VENV)/run.done ## import the raw policy texts of DIR and check their clauses (DIR=../shared/policy)
	@$(VENV)/bin/python -m scripts.check_policies $(DIR)

pictures: $(VENV)/dev.done setup ## take the pictures of docs/pictures anew
	@scripts/system-packages
	@$(VENV)/bin/python -m scripts.take_pictures

lock: ## renew the locks (needs uv)
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command 'make lock' pyproject.toml -o requirements.lock
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command 'make lock' pyproject.toml --extra postgis --group dev -c requirements.lock -o requirements-dev.lock

clean: ## remove the virtual environment and the caches (never the instance folder)
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
