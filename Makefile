# Nuanxin: every command of the project. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
PY := .venv/bin/python
MANAGE := $(PY) manage.py
PORT ?= 8000
export NO_COLOR = 1

.PHONY: help demo demo-lan setup run seed check fix lint types arch templates migrations-check openapi-check floor \
        test test-slow test-pg test-browser test-browser-pg openapi frontend frontend-test messages bench deps clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-18s %s\n", $$1, $$2}'

demo: ## Build everything from nothing and serve the demo province on 127.0.0.1:8000
	@PORT=$(PORT) scripts/demo.sh

demo-lan: ## The same for the phones of the local network, under HTTPS (PORT=8443)
	@PORT=$(if $(filter file,$(origin PORT)),8443,$(PORT)) scripts/demo-lan.sh

setup: .venv/.dev frontend/dist/manifest.json locale/.compiled ## Environment, test tools, front end, database
	@$(MANAGE) migrate --verbosity 0

.venv/bin/python:
	@$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Python 3.11 or newer is needed"'
	@$(PYTHON) -m venv .venv || { echo "venv is missing: apt install python3-venv"; exit 1; }

.venv/.base: requirements/base.txt | .venv/bin/python
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.base
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

frontend/node_modules/.installed: frontend/package-lock.json | .venv/.base
	@scripts/with-node.sh npm --prefix frontend ci --no-audit --no-fund --loglevel=error
	@touch $@

frontend/dist/manifest.json: frontend/node_modules/.installed $(shell find frontend/src -type f 2>/dev/null) frontend/vite.config.ts frontend/scripts/fonts.mjs
	@scripts/with-node.sh npm --prefix frontend run --silent build
	@touch $@

locale/.compiled: $(wildcard locale/*/LC_MESSAGES/*.po) | .venv/.base
	@.venv/bin/pybabel --quiet compile -D django -d locale
	@touch $@

run: setup ## Serve the present database on 127.0.0.1:8000
	@scripts/serve.sh $(PORT)

seed: setup ## Fill the present database with the demo province
	@NUANXIN_DEMO=1 $(MANAGE) seed_demo

check: .venv/.dev frontend/dist/manifest.json locale/.compiled lint types arch templates migrations-check openapi-check frontend-test floor ## All checks; changes nothing

lint: .venv/.dev ## Style of the Python code
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .

types: .venv/.dev ## Types
	@.venv/bin/mypy

arch: .venv/.dev ## Rooms depend in one direction
	@.venv/bin/lint-imports --no-logo

templates: .venv/.dev ## Style of the templates
	@.venv/bin/djlint --quiet --lint nuanxin

migrations-check: .venv/.dev ## No model change without its migration
	@$(MANAGE) makemigrations --check --dry-run --verbosity 0 || { $(MANAGE) makemigrations --check --dry-run; exit 1; }

openapi-check: .venv/.dev ## The committed API description is the API's
	@$(MANAGE) openapi | diff -u docs/openapi.json -

floor: frontend/dist/manifest.json ## Built pages need no more than Chrome 90 and Safari 14
	@scripts/with-node.sh npm --prefix frontend run --silent floor

fix: .venv/.dev ## Mend what tools can mend
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format .

test: .venv/.dev frontend/dist/manifest.json locale/.compiled ## The tests, on SQLite
	@.venv/bin/pytest -n 2 --dist worksteal -m "not slow and not browser and not postgres" -q -rs

test-slow: .venv/.dev frontend/dist/manifest.json locale/.compiled ## The tests that take their time
	@.venv/bin/pytest -m "slow and not browser and not postgres" -q

# what never asks the database runs on SQLite alone
test-pg: .venv/.dev frontend/dist/manifest.json locale/.compiled ## The tests of the database, on a temporary PostgreSQL (or DATABASE_URL)
	@POSTGRES_IN_MEMORY=1 scripts/with-postgres.sh .venv/bin/pytest -n 2 --dist worksteal -m "not slow and not browser" --database-only -q -rs

test-browser: .venv/.dev frontend/dist/manifest.json locale/.compiled ## The stories, in headless Chromium
	@.venv/bin/pytest -n 2 --dist worksteal -m browser -q

test-browser-pg: .venv/.dev frontend/dist/manifest.json locale/.compiled ## The smoke stories, on PostgreSQL
	@POSTGRES_IN_MEMORY=1 scripts/with-postgres.sh .venv/bin/pytest -n 2 --dist worksteal -m "browser and smoke" -q

frontend: frontend/dist/manifest.json ## Build the front end

frontend-test: frontend/node_modules/.installed ## Lint and test the front end
	@scripts/with-node.sh npm --prefix frontend run --silent check
	@scripts/with-node.sh npm --prefix frontend test --silent

openapi: .venv/.dev ## Write the API description anew
	@$(MANAGE) openapi > docs/openapi.json

messages: .venv/.dev ## Collect the texts for translation; message ids are the English texts
	@PYTHONPATH=. .venv/bin/pybabel --quiet extract -F babel.cfg --ignore-dirs '.* node_modules' -k gettext_lazy -k pgettext_lazy:1c,2 \
	  --add-location=file --no-wrap --sort-by-file -o .messages.pot .
	@.venv/bin/pybabel --quiet update -D django -i .messages.pot -d locale -l zh_Hans --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	@rm .messages.pot

bench: setup ## Every benchmark, one JSON line each
	@for name in finder finder_peers finder_http change_feed wasted_trips place_search hours_corpus import_stations first_view lighthouse cold_demo; do $(MANAGE) bench $$name --json; done
	@$(MANAGE) bench roster --json --set csv_rows=200000 --set xlsx_rows=50000
	@$(MANAGE) bench search --json --set workers=200000

deps: .venv/bin/python ## Lock the requirements anew, nothing younger than seven days
	@$(PY) -m pip install --quiet uv
	@for set in base dev; do .venv/bin/uv pip compile -q --python-version 3.11 --generate-hashes --universal --no-header \
	  --no-emit-index-url --no-emit-find-links --no-strip-extras --exclude-newer "$$(date -d '7 days ago' +%F)" requirements/$$set.in -o requirements/$$set.txt; done

clean: ## Remove everything that was built; keeps var/
	@rm -rf .venv frontend/node_modules bench/lighthouse/node_modules frontend/dist frontend/fonts locale/.compiled locale/*/LC_MESSAGES/*.mo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
