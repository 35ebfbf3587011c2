"""The kit on this machine: every exercise is graded, and a wrong answer is named."""

import contextlib

import pytest

from autograder import course
from autograder.grading import misconceptions
from autograder.grading.grader import Grader
from autograder.grading.student import LocalStudent

EXERCISES = pytest.mark.parametrize("exercise", course.exercises().values(), ids=lambda it: it.id)


def grade(exercise, namespace):
    """The verdict on an answer whose names these are."""

    @contextlib.contextmanager
    def open_student(exercise, earlier):
        yield LocalStudent(namespace, exercise.forbidden)

    return Grader(open_student, seed=1).grade(exercise)


@EXERCISES
def test_the_reference_earns_all_points(exercise):
    verdict = grade(exercise, course.reference_namespace(exercise.unit))
    assert verdict.points == exercise.points, verdict


@EXERCISES
def test_a_misconception_loses_points_and_is_named(exercise):
    mutant = misconceptions.singles(exercise)[0]
    verdict = grade(exercise, mutant.namespace())
    assert verdict.points < exercise.points
    assert {*mutant.names} & {name for each in verdict.checks for name in each.misconceptions}
