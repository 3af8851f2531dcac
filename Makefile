# Everything a developer does with Dukkan. Needs Python 3.11 or later, make, and a package index.

PYTHON ?= python3
VENV ?= .venv
JOBS ?= 2
ARGS ?=
EXAMPLES ?= 5000
KILLS ?= 1000
BOT ?= 25
PARCELS ?= 10000
SEED ?= 1

PY := $(VENV)/bin/python
CODE := bot handlers store notifications

.DEFAULT_GOAL := help
.PHONY: help demo test test-databases machine torture bench check format cover locales understanding crowd month pictures snapshots wheel compile-requirements clean

help: ## list what can be made
	@echo "make TARGET [PYTHON=python3.13] [ARGS=...]"
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1|\2/' | awk -F'|' '{ printf "%-22s %s\n", $$1, $$2 }'

demo: $(VENV)/.runtime ## a whole shop in a local page: no token, no server (ARGS="--port 8001")
	@exec $(PY) -m bot demo $(ARGS)

test: $(VENV)/.dev ## all tests, on every database that is here (ARGS="tests/store -k cart")
	@$(PY) -m pytest -n $(JOBS) --dist loadgroup $(ARGS)

bench: $(VENV)/.dev ## how fast it is, in ratios: docs/performance.md (a few minutes; ARGS="catalogue memory" for some)
	@$(PY) -m benchmarks.all $(ARGS)

test-databases: $(VENV)/.dev ## what runs on SQLite in `make test`, on PostgreSQL and MariaDB (ARGS="tests/conversations")
	@for engine in postgres mariadb; do \
		echo "== $$engine" && REQUIRE=$$engine DUKKAN_TEST_ENGINE=$$engine \
		$(PY) -m pytest -n $(JOBS) --dist loadgroup -q $(ARGS) || exit 1; \
	done

machine: $(VENV)/.dev ## random lives of a shop that dies all the time, other ones each run, on every database (EXAMPLES=5000)
	@EXAMPLES=$(EXAMPLES) $(PY) -m pytest -n $(JOBS) -o faulthandler_timeout=0 tests/store/test_machine.py -k random_lives $(ARGS)

torture: $(VENV)/.dev ## a thousand kill -9 at random points of random stories, on every database (KILLS=1000)
	@KILLS=$(KILLS) BOT=$(BOT) $(PY) -m tests.crash.torture

check: $(VENV)/.dev ## lint, format, types, who imports whom, architecture
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy $(CODE) tests benchmarks
	@$(VENV)/bin/lint-imports
	@$(PY) -m pytest -q tests/test_architecture.py

format: $(VENV)/.dev ## lay the code out and mend what ruff can mend
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

cover: $(VENV)/.dev ## branch coverage: at least 85 % of all, 95 % of store/
	@rm -f .coverage .coverage.*
	@$(PY) -m pytest -n $(JOBS) --dist loadgroup -q --cov --cov-report= --cov-fail-under=0 $(ARGS)
	@echo "== all" && $(PY) -m coverage report
	@echo "== store" && $(PY) -m coverage report --include='store/*' --fail-under=95

locales: $(VENV)/.dev ## bring the catalogues up to date with the source: what is new waits there for its words
	@mkdir -p build
	@$(VENV)/bin/pybabel -q extract $(SAID) --add-location file --output build/dukkan.pot bot handlers notifications
	@$(VENV)/bin/pybabel -q update $(KEPT) --domain dukkan --input-file build/dukkan.pot --output-dir locales

SAID := --no-default-keywords --keyword t --keyword label --keyword n:1,2 --keyword noop
# A guessed translation is worse than none: tests fail until somebody has written one.
KEPT := --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 120

understanding: $(VENV)/.dev ## learn again what people mean from store/parcels/asking/phrases (eleven minutes on two cores), and measure it
	@$(PY) -m store.parcels.asking.learning
	@$(PY) -m benchmarks.intents

month: $(VENV)/.dev ## a month of 10,000 parcels whose carriers repeat, reorder, delay and fall silent (PARCELS=10000 SEED=1)
	@$(PY) -m tests.store.parcels.month $(PARCELS) 30 $(SEED)

crowd: $(VENV)/.dev ## 200 people for two minutes before a shop that is killed four times on a bad line (ARGS="--database postgres")
	@$(PY) -m tests.process.crowd $(ARGS)

pictures: $(VENV)/.dev ## take the README's pictures again, and those of the first days, of parcels' lives and of the pay pages (build/pictures), in a browser
	@DUKKAN_PICTURES=1 $(PY) -m pytest -q tests/browser/test_purchase.py tests/browser/test_first_days.py tests/browser/test_parcel_lives.py tests/browser/test_pay_pages.py

snapshots: $(VENV)/.dev ## keep how empty, refusing and overflowing screens look now; look at the difference
	@DUKKAN_SNAPSHOTS=1 $(PY) -m pytest -q tests/bot/ui/test_snapshots.py

wheel: $(VENV)/.dev ## dist/dukkan-*.whl
	@$(PY) -m build --wheel --no-isolation

compile-requirements: $(VENV)/.dev ## pin again what pyproject.toml asks for (ARGS="--upgrade")
	@$(PY) -m pip install --quiet uv
	@$(PY) -m uv pip compile $(COMPILE) $(ARGS) pyproject.toml --output-file requirements.txt
	@$(PY) -m uv pip compile $(COMPILE) $(ARGS) pyproject.toml --group dev --constraint requirements.txt --output-file requirements-dev.txt

COMPILE := --quiet --universal --python-version 3.11 --no-header --no-emit-index-url --no-emit-find-links

clean: ## remove what was made, the virtual environment included
	rm -rf $(VENV) build dist htmlcov .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Dukkan needs Python 3.11 or later; this is %s. Try: make PYTHON=python3.13" % sys.version.split()[0])'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(PY)
	@echo "Installing Dukkan's requirements into $(VENV) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt | $(PY)
	@echo "Installing the tools for tests and checks into $(VENV) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@touch $@
