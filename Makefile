# autograder/bootstrap.py does the work, also without make: python3 autograder/bootstrap.py lab
PYTHON ?= $(shell command -v python3 || command -v python || echo python3)
COURSE = @"$(PYTHON)" autograder/bootstrap.py

.PHONY: help lab teach quick test test-all setup build book check bench graders clean

help:
	@echo "make lab     open your home page: units, progress, the next step"
	@echo "make teach   open the whole course there, with nbgrader's buttons"
	@echo "make quick   run a part of the tests, in under two minutes (ARGS='-k softmax' for pytest)"
	@echo "make test    run the tests (ARGS as well)"
	@echo "make test-all    the same, and what repeats them at greater length: for the night"
	@echo "make setup   only make or update the environment in .venv"
	@echo "make build   make exercises/ and the lesson notebooks from their sources"
	@echo "make book    make the book, a site to be read without Jupyter, in build/book"
	@echo "make check   tell whether they agree with their sources; style, types and imports too"
	@echo "make bench   measure how fast checks, attention, decoding and class grading are"
	@echo "make graders count the wrong answers that pass, and those that are named"
	@echo "make clean   remove .venv and caches; workspace/ stays"

lab teach quick test test-all check setup:
	$(COURSE) $@ $(ARGS)

build:
	$(COURSE) run -m autograder build $(ARGS)

book:
	$(COURSE) run -m autograder book build/book $(ARGS)

bench:
	$(COURSE) run tests/benchmarks/check_latency.py
	$(COURSE) run tests/benchmarks/multi_head_speed.py
	$(COURSE) run tests/benchmarks/decode_speed.py
	$(COURSE) run tests/benchmarks/class_speed.py
	$(COURSE) run tests/benchmarks/class_speed.py --hard --stock 50 --rounds 1
	$(COURSE) run tests/benchmarks/class_speed.py --sizes 50 200 1000

graders:
	$(COURSE) run tests/benchmarks/graders.py $(ARGS)

clean:
	rm -rf .venv .home .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis build *.egg-info
	find autograder lessons solutions tests -name __pycache__ -prune -exec rm -rf {} +
