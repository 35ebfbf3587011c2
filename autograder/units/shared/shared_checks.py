"""Checks that several exercises share: written once, registered for each of them."""

import functools

from autograder.grading.checks import check


class SharedChecks:
    """A collection of checks ``(kind, student, reference, draw)``; an instance is their decorator.

    ``kind`` tells what differs from one exercise to another; it has the attribute ``exercise``.
    """

    def __init__(self):
        self._found = []

    def __call__(self, says: str, asks: str, weight: float = 1.0):
        def note(run):
            self._found.append((run, says, asks, weight))
            return run

        return note

    def register(self, kind) -> None:
        """Register all of them for the exercise of ``kind``."""
        for run, says, asks, weight in self._found:
            check(kind.exercise, says, asks, weight)(_bound(run, kind))


def _bound(run, kind):
    @functools.wraps(run)
    def bound(student, reference, draw):
        run(kind, student, reference, draw)

    return bound
