# For those who change the course. To take it: python3 start.py lab
PYTHON ?= $(if $(wildcard .venv/Scripts/python.exe),.venv/Scripts/python.exe,.venv/bin/python)
.DEFAULT_GOAL := help
.PHONY: help lint format test notebooks models bench mutants rates bounds site clean

help:  ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:[^#]*##/\t/'

lint:  ## ruff over modules and notebooks, oxlint and oxfmt over the explorers' scripts
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(PYTHON) -m pytest -q -rs -p no:cacheprovider tests/house/test_javascript.py

format:  ## what ruff and oxfmt change themselves
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .
	$(dir $(PYTHON))oxfmt lessonlib

test:  ## every check, as `python3 start.py test` runs them
	$(PYTHON) start.py test

notebooks:  ## run the lessons and store their outputs; NAMES="01 03" for some
	$(PYTHON) tools/build_notebooks.py $(NAMES)

models:  ## train what the lessons load from data/
	$(PYTHON) -m lessonlib make

bench:  ## layers against PyTorch, explorers' frames, import time
	$(PYTHON) -m benchmarks.bench_layers

mutants:  ## small edits of the references that the cases let pass, with forty homework seeds; NAMES="07 09.2" for some
	$(PYTHON) tools/mutants.py $(NAMES)

rates:  ## what the checker makes of a collection of learners' answers; NAMES="07 09.2" for some
	$(PYTHON) tools/rates.py $(NAMES)

bounds:  ## the table of results over 20 seeds that holds every claim (minutes a lesson); NAMES="01 03" for some
	$(PYTHON) tools/bounds.py $(NAMES)

site:  ## the book and JupyterLite, into build/site; nothing is run (after `make test`, or with the extra [book])
	$(PYTHON) tools/build_site.py

clean:  ## caches and builds; never my/ nor data/downloads/
	$(PYTHON) -c "import pathlib, shutil; \
	    names = ('__pycache__', '.ipynb_checkpoints', '.pytest_cache', '.ruff_cache', '.hypothesis', 'build', 'dist'); \
	    [shutil.rmtree(p, ignore_errors=True) for n in names for p in sorted(pathlib.Path('.').rglob(n)) \
	     if not {'.venv', 'my', 'data', '.git'} & set(p.parts)]"
