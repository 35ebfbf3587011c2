"""Verdicts: what came of each check, each exercise and a whole submission.

They hold what a learner is shown; ``SubmissionVerdict.record`` is what other programs read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import msgspec

from .call import ShownCall
from .expect import Counterexample
from .record import ErrorRecord, ExerciseRecord, Isolation, Record, Status


@dataclass
class CheckVerdict:
    """What came of one check.

    Attributes:
        says: the property that was checked.
        message: what broke; empty when it holds.
        asks: what to think about next.
        misconceptions: names of what explains it, slips (``slips``) too; two when both are at work.
        diagnosis: what the misconceptions mean, as a sentence.
        aside: whether it is enough to say that it fails too, since a more basic property does not
            hold.
        counterexample: the smallest failing case.
        call: the call that gave it, or that was stopped.
        where: the learner's line that raised, with the exception.
        problem: kind of a ``StudentProblem``, if that is why it failed.
        cause: the learner's exception itself, where it was raised in this process.
    """

    id: str
    says: str
    points: float
    max_points: float
    passed: bool
    message: str = ""
    asks: str = ""
    misconceptions: tuple[str, ...] = ()
    diagnosis: str = ""
    aside: bool = False
    counterexample: Counterexample | None = None
    call: ShownCall | None = None
    where: str = ""
    problem: str | None = None
    cause: BaseException | None = None

    @property
    def misconception(self) -> str | None:
        """The first of the misconceptions."""
        return self.misconceptions[0] if self.misconceptions else None


@dataclass
class ExerciseVerdict:
    """What came of one exercise.

    ``replaced`` names the earlier work graded with the reference; ``flags`` are the reasons for a
    person to look at it; ``search_ended`` tells whether the search for a name met its bound.
    """

    id: str
    title: str
    points: float
    max_points: float
    status: Status
    checks: list[CheckVerdict] = field(default_factory=list)
    replaced: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    search_ended: bool = False

    @property
    def carried_forward(self) -> bool:
        """Whether earlier exercises were replaced by the reference."""
        return bool(self.replaced)

    def record(self) -> ExerciseRecord:
        """The part of it that other programs read."""
        return msgspec.convert(self, ExerciseRecord, from_attributes=True)


@dataclass
class SubmissionVerdict:
    """What came of a whole submission.

    Attributes:
        error: why, when the whole submission could not be read.
        notices: what was odd about the file, without costing points.
    """

    submission: str
    exercises: list[ExerciseVerdict]
    seed: int
    isolation: Isolation
    checks_version: str
    error: ErrorRecord | None = None
    notices: list[str] = field(default_factory=list)

    @property
    def points(self) -> float:
        """Points reached."""
        return round(sum(each.points for each in self.exercises), 4)

    @property
    def max_points(self) -> float:
        """Points that can be reached."""
        return sum(each.max_points for each in self.exercises)

    @property
    def schema(self) -> Literal[1]:
        """The version of the JSON."""
        return 1

    def record(self) -> Record:
        """The part of it that other programs read."""
        return msgspec.convert(self, Record, from_attributes=True)
