"""Checks that several exercises share: written once, registered for each of them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from autograder.grading.checks import CheckFunction, check
from autograder.grading.draw import Draw
from autograder.grading.student_protocol import Student


class OfExercise(Protocol):
    """What tells one exercise from another, for checks that both share."""

    @property
    def exercise(self) -> str:
        """Id of the exercise."""


Subject = TypeVar("Subject", bound=OfExercise)
SharedCheck = Callable[[Subject, Student, Student, Draw], None]


class SharedChecks(Generic[Subject]):
    """A collection of checks ``(subject, student, reference, draw)``; an instance is a decorator.

    ``subject`` tells what differs from one exercise to another.
    """

    def __init__(self) -> None:
        self._noted: list[tuple[SharedCheck[Subject], str, str, float]] = []

    def __call__(
        self, says: str, asks: str, weight: float = 1.0
    ) -> Callable[[SharedCheck[Subject]], SharedCheck[Subject]]:
        """Take up the decorated function; the arguments are those of ``checks.check``."""

        def note(run: SharedCheck[Subject]) -> SharedCheck[Subject]:
            self._noted.append((run, says, asks, weight))
            return run

        return note

    def register(self, subject: Subject) -> None:
        """Register all of them for the exercise of ``subject``."""
        for run, says, asks, weight in self._noted:
            check(subject.exercise, says, asks, weight)(_bound(run, subject))


def _bound(run: SharedCheck[Subject], subject: Subject) -> CheckFunction:
    @functools.wraps(run)
    def bound(student: Student, reference: Student, draw: Draw) -> None:
        run(subject, student, reference, draw)

    return bound
