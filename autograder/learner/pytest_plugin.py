"""A pytest plugin: ``pytest workspace/02_masks/02_masks.ipynb`` runs its exercises as tests.

Notebooks and Python files without exercises of the course are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ..submissions.read import Submission

_EXERCISE = re.compile(
    r'"grade_id":\s*"(\w+)"|^[ \t]*"?(?:def|class)[ \t]+(\w+)|^(\w+)[ \t]*(?::[^=\n]+)?=',
    re.MULTILINE,
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--seed N`` draws the inputs of the exercises."""
    group = parser.getgroup("autograder")
    group.addoption("--seed", type=int, default=None, help="draws the inputs of the exercises")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> SubmissionFile | None:
    """Collect a notebook that holds exercises of the course."""
    if file_path.suffix == ".ipynb" and _has_exercises(file_path):
        return SubmissionFile.from_parent(parent, path=file_path)
    return None


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> SubmissionFile | None:
    """Collect a Python file with exercises in place of importing it as a test module."""
    is_test = module_path.name.startswith("test_") or module_path.name == "conftest.py"
    if not is_test and _has_exercises(module_path):
        return SubmissionFile.from_parent(parent, path=module_path)
    return None


def _has_exercises(path: Path) -> bool:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    names = {name for found in _EXERCISE.findall(text) for name in found if name}
    if not names:
        return False
    from .. import course

    try:
        return not names.isdisjoint(course.exercises())
    except course.NoCourse:
        return False


class SubmissionFile(pytest.File):
    """One submission: an item for each exercise of its unit."""

    def collect(self) -> Iterator[ExerciseItem]:
        """The exercises of the unit that the file answers."""
        from ..submissions.read import Unreadable, read_file

        try:
            submission = read_file(self.path)
        except Unreadable as problem:
            raise self.CollectError(problem.message) from None
        for exercise in submission.unit.exercises:
            yield ExerciseItem.from_parent(self, name=exercise.id, submission=submission)


class NotYet(Exception):
    """An exercise that does not pass; carries its verdict as text."""


class ExerciseItem(pytest.Item):
    """One exercise of a submission. Points go to the report as properties."""

    def __init__(self, *, submission: Submission, **kwargs: Any):
        super().__init__(**kwargs)
        self.submission = submission

    def runtest(self) -> None:
        """Grade the exercise in a process apart; with ``--pdb`` in this one, if it is one's own."""
        from .. import course
        from ..grading.grader import fresh_seed
        from ..grading.render.text import exercise_text
        from ..sandbox.limits import Budget
        from ..submissions.grade import grade_read

        seed = self.config.getoption("seed")
        verdict = grade_read(
            self.submission,
            str(self.path),
            [self.name],
            fresh_seed() if seed is None else seed,
            in_process=self.config.getoption("usepdb") and course.is_own(self.path),
            budget=Budget(),
        )
        (exercise,) = verdict.exercises
        properties = {"points": exercise.points, "max_points": exercise.max_points}
        self.user_properties += [*properties.items(), ("seed", verdict.seed)]
        if exercise.status != "passed" or exercise.carried_forward:
            raised = next((check.cause for check in exercise.checks if check.cause), None)
            if raised:
                raise raised
            notes = "".join(f"\n  Note: {notice}." for notice in verdict.notices)
            raise NotYet(f"{exercise_text(exercise)}{notes}\n  (seed {verdict.seed})")

    def repr_failure(self, excinfo: pytest.ExceptionInfo, style: Any = None) -> Any:
        """The verdict, without a traceback of ours."""
        from ..grading.run import GraderFault

        if isinstance(excinfo.value, (NotYet, GraderFault)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where the item stands, for the header of its report."""
        return self.path, None, self.name
