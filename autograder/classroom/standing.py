"""What the gradebook says of a submission: points by the grader and by hand, and what counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..grading.record import Record
from ..grading.render.wording import number

if TYPE_CHECKING:
    from nbgrader.api import SubmittedAssignment

_CHECK = "check_"


@dataclass(frozen=True)
class Standing:
    """The points of a submission.

    Attributes:
        automatic: of the grader.
        most: that there are.
        manual: by how much points that were given by hand, in place of the grader's, change them.
        extra: extra credit.
        penalty: for being late.
        exercises: points of each exercise, by hand and extra ones included.
        to_see: exercises that wait for a person.
    """

    automatic: float
    most: float
    manual: float = 0.0
    extra: float = 0.0
    penalty: float = 0.0
    exercises: dict[str, float] = field(default_factory=dict)
    to_see: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        """What counts, as nbgrader's export has it."""
        return max(0.0, round(self.automatic + self.manual + self.extra - self.penalty, 6))

    def told(self) -> str:
        """How the points come about, as a sentence; empty if they are the grader's alone."""
        parts = [
            f"{sign}{number(abs(value))} {name}"
            for value, sign, name in (
                (self.manual, "-" if self.manual < 0 else "+", "by hand"),
                (self.extra, "-" if self.extra < 0 else "+", "extra credit"),
                (self.penalty, "-", "for being late"),
            )
            if value
        ]
        automatic = f"{number(self.automatic)} by the grader"
        return f"Points: {', '.join([automatic, *parts])}." if parts else ""


@dataclass(frozen=True)
class Person:
    """What nbgrader knows of a student beside the id; what it does not know is empty."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""


def of_verdict(verdict: Record) -> Standing:
    """The standing of a submission of which the gradebook is not asked."""
    points = {each.id: each.points for each in verdict.exercises}
    flagged = tuple(each.id for each in verdict.exercises if each.flags or each.status == "manual")
    return Standing(verdict.points, verdict.max_points, exercises=points, to_see=flagged)


def of_entry(entry: SubmittedAssignment) -> Standing:
    """The standing of a submission by its entry in an open gradebook."""
    grades = [grade for notebook in entry.notebooks for grade in notebook.grades]
    by_hand = [grade for grade in grades if grade.manual_score is not None]
    return Standing(
        sum(grade.auto_score or 0.0 for grade in grades),
        entry.max_score,
        manual=sum(grade.manual_score - (grade.auto_score or 0.0) for grade in by_hand),
        extra=sum(grade.extra_credit or 0.0 for grade in grades),
        penalty=entry.late_submission_penalty,
        exercises={grade.name.removeprefix(_CHECK): grade.score for grade in grades},
        to_see=tuple(
            grade.name.removeprefix(_CHECK) for grade in grades if grade.needs_manual_grade
        ),
    )
