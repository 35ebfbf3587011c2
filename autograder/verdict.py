"""Verdicts: what came of each check, each exercise and a whole submission.

``SubmissionVerdict.to_json`` is a contract: other tools read it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .expect import Counterexample

SCHEMA = 1


@dataclass
class CheckVerdict:
    """What came of one check.

    Attributes:
        says: the property that was checked.
        message: what broke; empty when it holds.
        asks: what to think about next.
        misconceptions: names of what explains it; two when both are at work.
        diagnosis: what the misconceptions mean, as a sentence.
        counterexample: the smallest failing case.
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
    counterexample: Counterexample | None = None
    where: str = ""
    problem: str | None = None
    cause: BaseException | None = None

    def to_json(self) -> dict:
        """Plain JSON."""
        return {
            "id": self.id,
            "points": self.points,
            "max_points": self.max_points,
            "passed": self.passed,
            "message": self.message,
            "misconception": self.misconceptions[0] if self.misconceptions else None,
            "misconceptions": list(self.misconceptions),
        }


@dataclass
class ExerciseVerdict:
    """What came of one exercise.

    ``replaced`` names the earlier work graded with the reference; ``flags`` are the reasons for a
    person to look at it.
    """

    id: str
    title: str
    points: float
    max_points: float
    status: str
    checks: list[CheckVerdict] = field(default_factory=list)
    replaced: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def carried_forward(self) -> bool:
        """Whether earlier exercises were replaced by the reference."""
        return bool(self.replaced)

    def to_json(self) -> dict:
        """Plain JSON."""
        return {
            "id": self.id,
            "points": self.points,
            "max_points": self.max_points,
            "status": self.status,
            "carried_forward": self.carried_forward,
            "flags": list(self.flags),
            "checks": [each.to_json() for each in self.checks],
        }


@dataclass
class SubmissionVerdict:
    """What came of a whole submission.

    Attributes:
        error: ``{"kind", "message"}`` when the whole submission could not be read.
        notices: what was odd about the file, without costing points.
    """

    submission: str
    exercises: list[ExerciseVerdict]
    seed: int
    isolation: str
    checks_version: str
    error: dict | None = None
    notices: list[str] = field(default_factory=list)

    @property
    def points(self) -> float:
        """Points reached."""
        return round(sum(each.points for each in self.exercises), 4)

    @property
    def max_points(self) -> float:
        """Points that can be reached."""
        return sum(each.max_points for each in self.exercises)

    def to_json(self) -> dict:
        """Plain JSON."""
        return {
            "schema": SCHEMA,
            "submission": self.submission,
            "points": self.points,
            "max_points": self.max_points,
            "exercises": [each.to_json() for each in self.exercises],
            "error": self.error,
            "notices": self.notices,
            "isolation": self.isolation,
            "seed": self.seed,
            "checks_version": self.checks_version,
        }
