# make demo · make test · make check · make soak · make bench. Everything is set up by itself, inside .venv.

PYTHON ?= python3
BIN := .venv/bin
SETUP := $(BIN)/.ready

.PHONY: demo test check soak bench lock clean

demo: $(SETUP)                      ## run product and sandbox, play one story, continue by hand
	$(BIN)/python -m sandbox.demo $(DEMO)

test: $(SETUP)                      ## the whole suite on SQLite and PostgreSQL
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder $(PYTEST) || { \
	  echo "What failed with two at a time is run once more, alone: stories with deadlines share these cores."; \
	  $(BIN)/pytest --last-failed --last-failed-no-failures none $(PYTEST); }

check: $(SETUP)                     ## linters, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports

soak: $(SETUP)                      ## the slow and the random faults; SOAK="--minutes 10 --seed 7" repeats a run
	$(BIN)/pytest -n 0 -s tests/soak/soak_slow.py tests/faults/test_hosts.py tests/soak/soak_random.py $(SOAK)

bench: $(SETUP)                     ## ratios against a floor measured in the same run
	$(BIN)/python -m bench $(BENCH)

lock: $(SETUP)                      ## new versions within the bounds of requirements*.in
	$(BIN)/uv pip compile $(LOCK) requirements.in -o requirements.txt
	$(BIN)/uv pip compile $(LOCK) requirements-dev.in -o requirements-dev.txt

LOCK := --upgrade --generate-hashes --no-header --no-emit-index-url --universal --python-version 3.11 -q

$(SETUP): requirements-setup.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Backstop needs Python 3.11 or newer; $(PYTHON) is older. Example: make demo PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-setup.txt
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements-dev.txt
	@touch $@

clean:
	rm -rf .venv .demo
