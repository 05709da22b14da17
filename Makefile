# The commands of everyday; each is also there without make.
.PHONY: up test lint types ci

up:
	python3 manage.py up

test:
	python3 manage.py test

lint:
	.venv/bin/ruff check . && .venv/bin/ruff format --check .

types:
	RECONCILE_COMMAND=check .venv/bin/mypy .

ci:
	bash .ci/run
