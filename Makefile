# BreachReg. Bare `make` lists what it can do; each target says so in the comment behind it.

SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
PYTHON := .venv/bin/python
PORT ?= 8000
HOST ?= 127.0.0.1

.DEFAULT_GOAL := help
.PHONY: help start test check format messages migrations lock screenshots keys shell venv venv-test venv-dev clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

start: ## set up what is missing, then serve BreachReg with its demo (PORT=8000 HOST=127.0.0.1)
	@HOST=$(HOST) PORT=$(PORT) scripts/start

test: ## set up what is missing, then run the whole suite, on SQLite and on PostgreSQL
	@scripts/test

check: venv-test ## lint, system checks, missing migrations, translations; no tests
	@$(PYTHON) -m ruff check .
	@$(PYTHON) manage.py keys
	@$(PYTHON) manage.py check
	@$(PYTHON) manage.py makemigrations --check --dry-run
	@$(PYTHON) manage.py messages --check

format: venv-test ## format the Python of this project
	@$(PYTHON) -m ruff format .

messages: venv ## collect the texts to translate into locale/
	@$(PYTHON) manage.py keys
	@$(PYTHON) manage.py messages

migrations: venv ## regenerate the first migration, as long as nothing is released
	@scripts/remigrate

lock: venv-dev ## resolve requirements*.in into requirements*.txt, with hashes
	@scripts/lock

screenshots: venv-test ## draw the pictures of docs/screenshots/ from the demo
	@$(PYTHON) scripts/screenshots.py

keys: venv ## write the keys that are missing
	@$(PYTHON) manage.py keys

shell: venv ## open Django's shell on your register
	@$(PYTHON) manage.py shell

venv: ## system packages and Python packages to run
	@scripts/prepare start

venv-test: ## the same, to test
	@scripts/prepare test

venv-dev: ## the same, for upkeep (locks, mutants, types)
	@scripts/prepare dev

clean: ## remove what was built; your register in var/ stays
	@rm -rf .venv .pytest_cache .ruff_cache .hypothesis .mypy_cache test-results var/static
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@find locale -name '*.mo' -delete 2>/dev/null || true
