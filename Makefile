# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

PYTHON ?= python3
VENV := .venv
INSTALLED := $(VENV)/.installed
BENCH_INSTALLED := $(VENV)/.bench-installed
REPORT_INSTALLED := $(VENV)/.report-installed
EDA := .build/eda
DOCS := .build/docs
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check

export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export PIP_CONSTRAINT := $(CURDIR)/tests/constraints.txt
# The collection as it is built and installed, not as it lies here.
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.build/collections
export ANSIBLE_HOME := $(CURDIR)/.build/ansible

# Everything that the sessions use is in the one virtual environment, so that it is installed once. galaxy-importer is
# not: what it needs cannot be installed beside the other tools.
NOX := nox --envdir .build/nox --no-install --reuse-existing-virtualenvs
SESSIONS := lint docs-check license-check extra-checks ansible-lint
SHARING := formatters codeqa yamllint typing $(SESSIONS)
ENVIRONMENTS := .build/nox/.linked

# The longest first, and none left to run alone at the end.
GATES := unit sanity lint molecule demo

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 14

.PHONY: demo
demo: artefact ## Show in a minute what the collection does, against simulated services
	PYTHONPATH=$(CURDIR) python demo/run.py

.PHONY: test
test: artefact ## Run every check that needs no more than this machine
	@python -m tests.tools.gates $(GATES)

.PHONY: test-all
test-all: test ## ... and the tests that take long, from a seed that is printed (SEED=n), and each promise broken in turn
	python -m tests.tools.thorough $(SEED)
	python -m tests.mutation.run
	python -m tests.mutation.run --sample 3 --seed $(firstword $(SEED) 1)
	python -m tests.tools.sanity all

.PHONY: test-matrix
test-matrix: artefact ## Run the unit tests and playbooks with every supported ansible-core; one with ARGS=2.20, or ARGS=oldest
	nox --envdir .build/matrix --no-error-on-missing-interpreters $(if $(ARGS),--tags $(ARGS),--session matrix oldest)

.PHONY: unit
# Three at a time on two cores, because a playbook often waits; one file is done before they have started.
unit: $(INSTALLED) ## Run pytest; narrow it with ARGS="-k name", or ARGS=path for one file
	pytest $(if $(findstring .py,$(ARGS)),-n 0,-n 3 --dist worksteal) $(ARGS)

.PHONY: lint
lint: $(INSTALLED) $(ENVIRONMENTS) ## Check format, code, types, YAML, documentation, licences and the built collection
	CI=true $(NOX) --session $(SESSIONS)
	CI=true PIP_CONSTRAINT=$(CURDIR)/tests/constraints-importer.txt $(NOX) --session build-import-check > .build/importer.log 2>&1 \
	  || { cat .build/importer.log; exit 1; }
	! grep "^ *WARNING" .build/importer.log  # which Galaxy shows, and takes

.PHONY: format
format: $(INSTALLED) $(ENVIRONMENTS) ## Put the Python code into its format
	CI=false $(NOX) --session formatters

.PHONY: sanity
sanity: $(INSTALLED) ## Run ansible-test's sanity tests on the oldest Python and this one; on every one found with ARGS=all
	python -m tests.tools.sanity $(ARGS)

.PHONY: molecule
molecule: artefact ## Run the playbooks against simulated services; one scenario with ARGS=name
	python -m tests.tools.scenarios $(ARGS)

.PHONY: report-check
report-check: $(REPORT_INSTALLED) ## Open the access report in Chromium: use it, measure it, and look for barriers
	python -m tests.report.shots

.PHONY: report-pictures
report-pictures: $(REPORT_INSTALLED) ## Take the pictures of the documentation: report, review, plan
	python -m tests.report.shots pictures

.PHONY: eda-check
eda-check: $(EDA)/.installed ## Run the sample rulebooks with a real ansible-rulebook, which needs Java
	$(EDA)/bin/python -m tests.eda.rulebook

.PHONY: docs
docs: artefact $(DOCS)/.installed ## Build the documentation site: .build/docs/html/index.html
	rm -rf $(DOCS)/html $(DOCS)/site
	install -d -m 700 $(DOCS)/site
	$(DOCS)/venv/bin/antsibull-docs sphinx-init --use-current --squash-hierarchy --fail-on-error --dest-dir $(DOCS)/site \
	  --project honeyops.access --title honeyops.access --html-short-title honeyops.access \
	  --copyright "The honeyops.access contributors" honeyops.access > $(DOCS)/init.log
	python -m tests.tools.site $(DOCS)/site
	cd $(DOCS)/site && ../venv/bin/antsibull-docs --config-file antsibull-docs.cfg collection --use-current \
	  --squash-hierarchy --fail-on-error --cleanup everything --dest-dir rst honeyops.access
	$(DOCS)/venv/bin/sphinx-build -q -W --keep-going -j auto -c $(DOCS)/site -d $(DOCS)/doctrees $(DOCS)/site/rst $(DOCS)/html

.PHONY: directory-check
# Nothing is left out: a server that is not installed fails its tests. bindep.txt names the packages.
directory-check: $(INSTALLED) ## Read people from real directories: OpenLDAP, a domain of Samba (as root), scim2-server
	DIRECTORY_SERVERS=required pytest -m "slow or not slow" $(ARGS) tests/directory

.PHONY: bench
bench: artefact $(BENCH_INSTALLED) ## Measure against other ways of doing the same
	python -m tests.bench

.PHONY: artefact
artefact: $(INSTALLED) ## Build the collection and install it below .build/collections
	@python -m tests.tools.artefact

.PHONY: constraints
constraints: ## Pin the newest versions of all tools anew
	$(call pin,tests/constraints.txt,-r tests/requirements.txt -r tests/requirements-bench.txt -r tests/requirements-report.txt)
	$(call pin,tests/constraints-importer.txt,ansible-core~=2.19.0 galaxy-importer)

define pin
	rm -rf .build/pin
	$(PYTHON) -m venv .build/pin
	env -u PIP_CONSTRAINT .build/pin/bin/pip --quiet --quiet install --upgrade setuptools $(2)
	{ sed '/^[^#]/,$$d' $(1); .build/pin/bin/pip freeze --all --exclude pip; } > .build/pin/new
	mv .build/pin/new $(1)
endef

.PHONY: clean
clean: ## Remove everything that was made here
	rm -rf $(VENV) .build .nox .ansible .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14) and "Python 3.11 to 3.13 is needed, this is " + sys.version.split()[0] + "; name another one: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

$(INSTALLED): $(VENV)/pyvenv.cfg tests/requirements.txt tests/constraints.txt
	$(PIP) install --quiet --quiet --requirement tests/requirements.txt
	touch $@

$(ENVIRONMENTS): Makefile tests/constraints-importer.txt
	rm -rf .build/nox
	mkdir -p .build/nox
	for session in $(SHARING); do ln -s ../../$(VENV) .build/nox/$$session; done
	touch $@

$(REPORT_INSTALLED): $(INSTALLED) tests/requirements-report.txt
	$(PIP) install --quiet --quiet --requirement tests/requirements-report.txt
	touch $@

# ansible-rulebook needs other versions than those that are pinned for the rest.
$(EDA)/.installed: tests/requirements-eda.txt tests/requirements-unit.txt tests/constraints.txt
	$(PYTHON) -m venv $(EDA)
	env -u PIP_CONSTRAINT $(EDA)/bin/python -m pip --disable-pip-version-check install --quiet --quiet --requirement tests/requirements-eda.txt
	touch $@

# Sphinx and its theme are not needed for anything else.
$(DOCS)/.installed: tests/requirements-docs.txt tests/constraints.txt
	$(PYTHON) -m venv $(DOCS)/venv
	$(DOCS)/venv/bin/python -m pip --disable-pip-version-check install --quiet --quiet --requirement tests/requirements-docs.txt
	touch $@

$(BENCH_INSTALLED): $(INSTALLED) tests/requirements-bench.txt
	$(PIP) install --quiet --quiet --requirement tests/requirements-bench.txt
	touch $@
