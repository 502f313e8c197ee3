# make run: install all and serve the hotline.  make test: install all and pass the tests.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: install run test scores check bench bench-campaign lock clean

install: .venv/installed

# The pinned versions of everything, then the project itself, from where it lies.
.venv/installed: deploy/requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r deploy/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q bot dialogs tests
	SEMANTIC=false $(BIN)/hotline prepare
	touch $@

run: install
	$(BIN)/hotline serve

test: install
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

# Every set of questions by every view, sentence vectors included: some minutes.
scores: install
	$(BIN)/python -m pytest -m scores tests/knowledge

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_architecture.py
	$(BIN)/hotline check

bench: install
	$(BIN)/python -m tests.bench

# The fault test of campaigns at full size: some 20 minutes for 10,000 recipients; some hours for
# CAMPAIGN_RECIPIENTS=100000.
CAMPAIGN_RECIPIENTS ?= 10000
bench-campaign: install
	CAMPAIGN_RECIPIENTS=$(CAMPAIGN_RECIPIENTS) $(BIN)/python -m pytest tests/kill/test_campaigns.py -s --timeout 20000

# Pin anew what pyproject.toml asks for.
lock: install
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header \
	    --group dev pyproject.toml --output-file deploy/requirements.txt

clean:
	rm -rf .venv var
