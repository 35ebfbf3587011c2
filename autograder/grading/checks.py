"""The registry of checks. A check is one property of an exercise, worth points.

A check is a plain function that raises ``expect.Failed`` when the property does not hold::

    @check("softmax", "every row adds up to 1", "Along which axis do you add up?")
    def rows_add_up_to_one(student: Student, reference: Student, draw: Draw) -> None:
        ...
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from dataclasses import dataclass

from .. import course
from .draw import Draw
from .student_protocol import Student

# Called with the code under test, the reference and what draws the inputs.
CheckFunction = Callable[[Student, Student, Draw], None]


@dataclass(frozen=True)
class Check:
    """One property of an exercise.

    Attributes:
        id: the function's name.
        exercise: id of the exercise.
        says: the property, as a statement.
        asks: what to think about when it does not hold and no misconception explains why.
        weight: its share of the exercise's points.
        run: the function.
    """

    id: str
    exercise: str
    says: str
    asks: str
    weight: float
    run: CheckFunction


_registry: dict[str, list[Check]] = {}


def check(
    exercise: str, says: str, asks: str, weight: float = 1.0
) -> Callable[[CheckFunction], CheckFunction]:
    """Register the decorated function as a check of ``exercise``."""

    def register(run: CheckFunction) -> CheckFunction:
        _registry.setdefault(exercise, []).append(
            Check(run.__name__, exercise, says, asks, weight, run)
        )
        return run

    return register


@functools.cache
def load(unit_name: str) -> None:
    """Import the checks of a unit."""
    course.unit(unit_name)
    importlib.import_module(f"autograder.units.u{unit_name}.checks")


def checks_of(exercise: course.Exercise) -> list[Check]:
    """The checks of an exercise, in the order in which they are run.

    Raises:
        CourseError: it has none.
    """
    load(exercise.unit)
    if exercise.id not in _registry:
        place = f"autograder/units/u{exercise.unit}"
        raise course.CourseError(f"'{exercise.id}' has no check yet: write one in {place}")
    return _registry[exercise.id]


def points_of(exercise: course.Exercise) -> dict[str, float]:
    """Points of each check; they add up to the exercise's."""
    checks = checks_of(exercise)
    total = sum(check.weight for check in checks)
    return {check.id: round(exercise.points * check.weight / total, 4) for check in checks}
