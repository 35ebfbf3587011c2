"""What the checks of this unit demand of arguments that do not fit."""

from collections.abc import Callable

from autograder.grading.student_protocol import Student


def expect_refusal(
    student: Student,
    call: Callable[[], object],
    message: str,
    misconception: str = "no_error_when_indivisible",
) -> None:
    """Demand that ``call()`` raises a ``ValueError``, as ``message`` says; an assertion will do."""
    student.expect_error(call, ("ValueError", "AssertionError"), message, misconception)
