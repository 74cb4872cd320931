# `make quickstart` shows the whole path, `make test` is what every change passes.
# Both need nothing but Python 3.11, 3.12 or 3.13; they make `.venv` themselves.

# Without it, TensorFlow reports a missing GPU as three errors at every start.
export TF_CPP_MIN_LOG_LEVEL ?= 3
export KERAS_BACKEND = tensorflow

PIP_INSTALL = -m pip install --quiet --disable-pip-version-check --no-compile --editable
PYTHON = python$(1) /usr/bin/python$(1) $(wildcard $(HOME)/.pyenv/versions/$(1).*/bin/python)
OLDEST = $(call PYTHON,3.11) $(call PYTHON,3.12) $(call PYTHON,3.13) python3
NEWEST = $(call PYTHON,3.12) $(call PYTHON,3.13) $(call PYTHON,3.11) python3

# Tests run in as many processes at once; the slow ones are a tier of their own.
WORKERS ?= 2
TIER ?= not slow
# `CASES=--one-case` takes one case of each test that has several, but of contracts.
CASES ?=
PYTEST = -m pytest -n $(WORKERS) --dist worksteal $(CASES)

# Prints the first interpreter that runs and can make a virtual environment: a shim
# of pyenv may exist and not work, and Debian's Python may lack ensurepip.
define find_python
for python in $(1); do \
  if $$python -c 'import ensurepip, sys; sys.exit(sys.version_info[:2] not in \
      ((3, 11), (3, 12), (3, 13)))' 2>/dev/null; then break; fi; python=; \
done; \
if [ -z "$$python" ]; then \
  echo "error: Python 3.11, 3.12 or 3.13 with ensurepip must be installed." >&2; exit 1; \
fi; echo "$(2): $$($$python --version), $$python"
endef

.PHONY: quickstart test test-all check lint check-tests test-newest test-backends test-jax test-torch
.PHONY: docs format clean

quickstart: .venv/.demo
	rm -rf quickstart
	.venv/bin/python -m zoo.quickstart --workdir=quickstart

# What every change passes.
test:
	@.ci/phase installation $(MAKE) --no-print-directory .venv/.dev
	@.ci/phase 'format, lint and types' $(MAKE) --no-print-directory lint
	@.ci/phase tests $(MAKE) --no-print-directory check-tests

# Everything there is, on all backends and both ends of the range of TensorFlow.
test-all: test
	$(MAKE) check-tests TIER=slow
	$(MAKE) test-newest
	$(MAKE) test-newest TIER=slow
	$(MAKE) test-jax TIER='slow or not slow'
	$(MAKE) test-torch TIER='slow or not slow'

# In an environment that exists: make check BIN=path/to/venv/bin
check: lint check-tests

lint check-tests: BIN = .venv/bin
lint:
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy

check-tests:
	$(BIN)/python $(PYTEST) -m '$(TIER)' $(TESTS)

# A part of it: make test-newest TESTS=tests/zoo
test-newest: .venv-newest/.dev
	.venv-newest/bin/python $(PYTEST) -m '$(TIER)' $(TESTS)

# Layers, losses, metrics and models on each backend that Keras has.
test-backends: test-newest test-jax test-torch

BACKEND_TESTS = tests/keras_complex tests/zoo/models tests/zoo/inference/separator_test.py

test-jax: export KERAS_BACKEND = jax
# Compilation is most of the time; unoptimized code is as right.
test-jax: export XLA_FLAGS = --xla_backend_optimization_level=0 \
  --xla_llvm_disable_expensive_passes=true --xla_cpu_parallel_codegen_split_count=1
# What was compiled once is read again, also by the next run.
test-jax: export JAX_COMPILATION_CACHE_DIR = $(CURDIR)/build/jax
test-jax: export JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS = 0
test-jax: export JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES = -1
test-jax: .venv-newest/.dev
	.venv-newest/bin/python $(PYTEST) -m '$(TIER)' $(BACKEND_TESTS) \
	  tests/train_main_test.py::test_trains_on_jax_without_tensorflow

test-torch: export KERAS_BACKEND = torch
test-torch: .venv-newest/.torch
	.venv-newest/bin/python $(PYTEST) -m '$(TIER)' keras_complex zoo/models $(BACKEND_TESTS) \
	  tests/zoo/export/onnx_test.py

# The site with the reference of all public names, in build/site.
docs: .venv/.docs
	.venv/bin/python docs/catalog.py
	.venv/bin/zensical build --clean --strict
	.venv/bin/python docs/check_site.py build/site

format: .venv/.dev
	.venv/bin/python -m ruff format .
	.venv/bin/python -m ruff check --fix .

clean:
	rm -rf .venv .venv-newest build dist quickstart *.egg-info
	rm -rf .mypy_cache .pytest_cache .ruff_cache

.venv/bin/python:
	@$(call find_python,$(OLDEST),.venv); $$python -m venv .venv

.venv-newest/bin/python:
	@$(call find_python,$(NEWEST),.venv-newest); $$python -m venv .venv-newest

.venv/.demo: pyproject.toml setup.py | .venv/bin/python
	.venv/bin/python $(PIP_INSTALL) '.[tfio,demo]'
	touch $@

.venv/.dev: pyproject.toml setup.py | .venv/bin/python
	.venv/bin/python $(PIP_INSTALL) '.[tfio,demo,dev]'
	touch $@ .venv/.demo

.venv-newest/.dev: pyproject.toml setup.py | .venv-newest/bin/python
	.venv-newest/bin/python $(PIP_INSTALL) '.[demo,dev,jax]'
	touch $@

# The release that the tests were last seen to pass with, on Python 3.12.
.venv-newest/.torch: pyproject.toml setup.py .venv-newest/.dev
	.venv-newest/bin/python $(PIP_INSTALL) '.[torch,onnx]' torch==2.13.0
	touch $@

.venv/.docs: pyproject.toml setup.py | .venv/bin/python
	.venv/bin/python $(PIP_INSTALL) '.[docs]'
	touch $@
