"""Grading where only points count: what is told of a wrong answer takes most of the time."""

from autograder.grading import diagnosis, grader
from autograder.sandbox.limits import Limits
from autograder.submissions import worker

# For an exercise. A busy machine must not decide.
SECONDS = 120.0


def tell_nothing(replace=setattr):
    """Look for no name of a mistake and for no small case of it, and be patient."""
    replace(diagnosis, "explain", lambda *evidence: {})
    replace(grader._Further, "is_random", lambda further, names: False)
    replace(grader._Further, "_smaller", lambda further, check: further._runs[check])
    replace(Limits.__init__, "__defaults__", (SECONDS, Limits.megabytes))


def pytest_configure(config):
    """As a plugin, for ``pytest -p points_only``."""
    tell_nothing()


def grade_one(*job):
    """In a worker of a class, in place of its own."""
    tell_nothing()
    return worker.grade_one(*job)
