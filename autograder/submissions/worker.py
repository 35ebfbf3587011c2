"""Grading one submission of a class, in a worker.

Light to import: the process that runs a class names ``grade_one`` and never imports torch.
"""

from __future__ import annotations

from .. import course
from .fingerprint import key_of
from .read import Rebuilt, from_rebuilt
from .result import Result


def grade_one(unit_name: str, name: str, handed_in: Rebuilt, seed: int, accept: str) -> Result:
    """Grade one submission, in a worker.

    Args:
        unit_name: the assignment.
        name: whose submission it is.
        handed_in: the submission.
        seed: draws the inputs.
        accept: the weakest isolation that will do: ``full`` or ``partial``.

    Raises:
        CourseError: if too many layers are missing on the worker's machine.
        ServerFailed: if it gives the submission no process.
    """
    from ..grading.render.html import exercise_html, notices_html
    from .grade import confinement, grade_read, unreadable

    unit = course.unit(unit_name)
    isolation = confinement(accept)
    if handed_in.error:
        verdict = unreadable(unit, name, handed_in.error, seed)
    else:
        submission = from_rebuilt(handed_in, unit)
        verdict = grade_read(submission, name, seed=seed, show_text=False)
        isolation = confinement(accept)  # of the server that served it: there may be a new one
    verdict.isolation = isolation
    weaker = [] if isolation == "full" else [f"graded at the confinement {isolation}"]
    return Result(
        key_of(handed_in, unit, seed, isolation),
        verdict.record(),
        {exercise.id: exercise_html(exercise) for exercise in verdict.exercises},
        notices_html([*verdict.notices, *weaker]),
    )
