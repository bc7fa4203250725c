# `make` prints the targets. Each of them first brings the virtual environment up to date, then
# calls one command; options for that command go into ARGS.
PYTHON ?= python3
VENV ?= .venv
SUBMISSION ?= starter_code
PY = $(VENV)/bin/python
RUN = $(PY) -m grader

GRADE = $(VENV)/.descent-grade
DATA = $(VENV)/.descent-data
LABS = $(VENV)/.descent-labs
DEV = $(VENV)/.descent-dev

# Only instructors have the solutions; a student's archive has the first group of targets.
INSTRUCTOR := $(wildcard solutions/.)

# Folder names reach the commands through the environment, whatever characters are in them.
SUBMISSIONS ?= submissions
export SUBMISSION SUBMISSIONS
# These would make the environment's Python load packages of another one.
unexport PYTHONHOME PYTHONPATH

.PHONY: help grade submit jupyter data setup clean stale
help:
	@awk -v all='$(INSTRUCTOR)' '\
	  /^##@/ { if (n++ && all == "") exit; print (n > 1 ? "\n" : "") substr($$0, 5) } \
	  /^[a-z-]+:.*## / { name = $$1; sub(":", "", name); sub(/.*## /, ""); \
	    printf "  make %-18s %s\n", name, $$0 }' Makefile

##@ Students
grade: $(GRADE) ## grade starter_code (or SUBMISSION=dir; QUESTION=name; ARGS="...")
	@$(RUN) grade $(addprefix --question ,$(QUESTION)) $(ARGS) -- "$$SUBMISSION"
submit: $(GRADE) ## grade once more and pack your files into a zip
	@$(RUN) submit $(ARGS)
jupyter: $(LABS) ## open the labs in JupyterLab (the first time it is fetched, 100 MB)
	@$(PY) -m jupyterlab $(ARGS) starter_code
data: $(DATA) ## fetch CIFAR-10 (170 MB)
	@$(RUN) data $(ARGS)
setup: $(if $(INSTRUCTOR),$(DEV),$(GRADE)) ## only set up .venv, to work offline later
	@echo 'Ready: $(VENV)'
clean: ## delete caches and build outputs; keeps .venv, data and your work
	@rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
	@find assignment grader starter_code $(wildcard solutions tests benchmarks) \
	  -name __pycache__ -prune -exec rm -rf {} +

ifneq ($(INSTRUCTOR),)
.PHONY: build verify verify-full labs release release-solutions grade-class test lint format lock bench

##@ Instructors
build: $(DEV) ## derive starter files and expected values from the sources
	@$(RUN) build $(ARGS)
verify: $(DEV) ## check the laws: solutions get everything, the starter nothing
	@$(RUN) verify $(ARGS)
verify-full: $(DEV) ## the laws, and that no changed solution passes (minutes)
	@$(RUN) verify --mutants $(ARGS)
labs: $(DEV) ## execute every lab with the solutions (ARGS=--full: no quick setting)
	@$(RUN) labs $(ARGS)
release: $(DEV) ## pack what students get, and what Gradescope gets
	@$(RUN) release $(ARGS)
release-solutions: $(DEV) ## pack the solutions
	@$(RUN) release --solutions $(ARGS)
grade-class: $(DEV) ## grade a class's submissions (SUBMISSIONS=dir) into gradebook.db
	@$(RUN) class grade $(ARGS) -- "$$SUBMISSIONS"

##@ Developers of this project
ROWS ?= grade_latency class_throughput solver cluster confinement growth
test: $(DEV) ## run the tests on all processors (options for pytest in ARGS)
	@$(PY) -m pytest -n logical --dist loadfile $(ARGS)
lint: $(DEV) ## check format, style and types
	@$(PY) -m ruff format --check . && $(PY) -m ruff check . && $(PY) -m mypy
bench: $(DEV) ## measure what is claimed to be fast (hours; ROWS=grade_latency: one row)
	@for row in $(ROWS); do $(PY) -m benchmarks.$$row $(ARGS) || exit; done
	@$(PY) -m benchmarks.page
format: $(DEV) ## format, and fix what can be fixed
	@$(PY) -m ruff check --fix . ; $(PY) -m ruff format .
lock: ## pin the newest packages in requirements/ (needs uv)
	@$(call compile,dev,--extra dev --group build --upgrade)
	@$(call compile,data,--extra data --group build --constraint requirements/dev.txt)
	@$(call compile,labs,--extra labs --group build --constraint requirements/dev.txt)
	@$(call compile,grade,--group build --constraint requirements/dev.txt)

# One file for every platform and every Python from 3.11 on.
compile = uv pip compile pyproject.toml --quiet --no-annotate --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command 'make lock' --output-file requirements/$(1).txt $(2)
endif

# The stamps hold the version of the Python they were made with: when that one was removed or
# upgraded, or a set-up was interrupted, they are out of date.
ifneq ($(shell [ ! -e $(VENV)/.descent-unfinished ] && $(PY) -V 2>/dev/null),$(shell cat $(GRADE) 2>/dev/null))
STALE = stale
endif
$(VENV)/.descent-%: requirements/%.txt pyproject.toml grader/bootstrap.py $(STALE)
	@command -v '$(PYTHON)' >/dev/null || { echo 'Cannot find $(PYTHON): install Python 3.11 or' \
	  'newer, or name one that you have: make PYTHON=python3.12 grade' >&2; exit 2; }
	@'$(PYTHON)' grader/bootstrap.py $* --venv '$(VENV)'
