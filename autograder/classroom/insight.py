"""What the results of a class tell its instructor: who is where, and what is misunderstood."""

from __future__ import annotations

import itertools
import math
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .. import course
from ..grading import misconceptions
from ..grading.checks import checks_of
from ..grading.draw import FULL
from ..grading.expect import WRONG_VALUES
from ..grading.record import CheckRecord, ExerciseRecord, Record, Status
from ..grading.render.shown import Window
from ..grading.render.wording import STATUS
from ..grading.run import run_check
from ..grading.student import LocalStudent

BINS = 10
_ENOUGH = 8  # learners, before a correlation is worth a look
_NEARLY = 0.95
# Statuses that say how an answer ended, in place of what is wrong with it.
_ENDS: tuple[Status, ...] = (
    *("timeout", "memory", "crashed", "error", "syntax_error", "forbidden", "missing"),
)


@dataclass(frozen=True)
class CheckFigures:
    """One check over a class.

    Attributes:
        says: the property.
        passed, graded: how many learners.
        discrimination: correlation of passing it with the points of all other checks, -1 to 1;
            None where there are too few learners, or all fare alike.
    """

    says: str
    passed: int
    graded: int
    discrimination: float | None

    @property
    def remark(self) -> str:
        """What to think of it; empty if it is as it should be."""
        share = self.passed / self.graded if self.graded else 0.5
        if share >= _NEARLY:
            return "nearly all pass"
        if share <= 1 - _NEARLY:
            return "nearly nobody passes"
        if self.discrimination is not None and self.discrimination < 0:
            return "who passes has fewer points elsewhere"
        return ""


@dataclass(frozen=True)
class Misunderstood:
    """A misconception that learners of a class have.

    Attributes:
        exercise: id of the exercise in which it shows.
        name: its name.
        says, asks: what is wrong, and the question that leads out of it, or nothing.
        learners: whose answers show it.
        example: what most of them were told, an input with its two results.
    """

    exercise: str
    name: str
    says: str
    asks: str
    learners: tuple[str, ...]
    example: str


@dataclass(frozen=True)
class ExerciseFigures:
    """One exercise over a class.

    Attributes:
        id, title: of the exercise.
        share: mean share of its points, 0 to 1; None where nobody was graded.
        statuses: how often each status, in words.
        ends: learners whose answer ended otherwise than with a result, by how.
        checks: each check.
        stuck: learners who pass neither it nor anything after it.
    """

    id: str
    title: str
    share: float | None
    statuses: tuple[tuple[str, int], ...]
    ends: tuple[tuple[str, tuple[str, ...]], ...]
    checks: tuple[CheckFigures, ...]
    stuck: tuple[str, ...]


def figures(unit: course.Unit, verdicts: Sequence[Record]) -> list[ExerciseFigures]:
    """Each exercise of an assignment over a class."""
    stuck = _stuck(unit, verdicts)
    return [
        _figures(exercise, verdicts, tuple(stuck.get(exercise.id, ())))
        for exercise in unit.with_points
    ]


def _figures(
    exercise: course.Exercise, verdicts: Sequence[Record], stuck: tuple[str, ...]
) -> ExerciseFigures:
    graded = dict(_graded(exercise.id, verdicts))
    shares = [each.points / each.max_points for each in graded.values() if each.max_points]
    statuses = Counter(each.status for each in graded.values())
    ends = {
        STATUS[end]: tuple(who for who, each in graded.items() if each.status == end)
        for end in _ENDS
        if statuses[end]
    }
    return ExerciseFigures(
        exercise.id,
        exercise.title,
        statistics.mean(shares) if shares else None,
        tuple((STATUS[status], count) for status, count in statuses.most_common()),
        tuple(ends.items()),
        () if exercise.by_hand else tuple(_checks(exercise, verdicts)),
        stuck,
    )


def _graded(exercise_id: str, verdicts: Iterable[Record]) -> Iterable[tuple[str, ExerciseRecord]]:
    for verdict in verdicts:
        for each in verdict.exercises:
            if each.id == exercise_id:
                yield verdict.submission, each


def _checks(exercise: course.Exercise, verdicts: Sequence[Record]) -> Iterable[CheckFigures]:
    for check in checks_of(exercise):
        came = [
            (one.passed, verdict.points - one.points)
            for verdict in verdicts
            for graded in verdict.exercises
            if graded.id == exercise.id
            for one in graded.checks
            if one.id == check.id
        ]
        passed = sum(each for each, _ in came)
        yield CheckFigures(check.says, passed, len(came), _correlation(came))


def _correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    if len(pairs) < _ENOUGH:
        return None
    try:
        found = statistics.correlation(*zip(*pairs, strict=True))
    except statistics.StatisticsError:  # all alike
        return None
    return found if math.isfinite(found) else None


def _stuck(unit: course.Unit, verdicts: Iterable[Record]) -> dict[str, list[str]]:
    """By exercise, whose first exercise that is not passed it is, with none passed after it."""
    order = [each.id for each in unit.exercises]
    found: dict[str, list[str]] = {}
    for verdict in verdicts:
        status = {each.id: each.status for each in verdict.exercises}
        passed = [status.get(each) == "passed" for each in order]
        first = passed.index(False) if False in passed else len(order)
        if first < len(order) and not any(passed[first:]):
            found.setdefault(order[first], []).append(verdict.submission)
    return found


def misunderstood(unit: course.Unit, verdicts: Sequence[Record]) -> list[Misunderstood]:
    """The misconceptions of a class, the most frequent first."""
    found = []
    for exercise in unit.exercises:
        known = misconceptions.misconceptions_of(exercise)
        learners: dict[str, list[str]] = {}
        told: dict[str, Counter[tuple[str, str]]] = {}
        for who, graded in _graded(exercise.id, verdicts):
            for name, check in named(graded):
                learners.setdefault(name, []).append(who)
                told.setdefault(name, Counter())[check.id, check.message] += 1
        found += [
            Misunderstood(
                exercise.id,
                name,
                *_texts(known, name),
                tuple(whose),
                _example(exercise, name, *told[name].most_common(1)[0][0], verdicts[0].seed),
            )
            for name, whose in learners.items()
        ]
    return sorted(found, key=lambda each: -len(each.learners))


def _texts(known: Mapping[str, misconceptions.Misconception], name: str) -> tuple[str, str]:
    """What is wrong, and what to ask; of a slip, whose text differs by answer, its name."""
    if name in known:
        return known[name].says, known[name].asks
    return name.replace("_", " "), ""


@dataclass(frozen=True)
class Recurring:
    """A misconception that shows in several exercises of a course."""

    says: str
    asks: str
    learners: int
    exercises: tuple[str, ...]


def recurring(by_unit: Mapping[course.Unit, Sequence[Record]]) -> list[Recurring]:
    """The misconceptions that show in more than one exercise, the most frequent first."""
    learners: dict[str, set[str]] = {}
    exercises: dict[str, dict[str, tuple[str, str]]] = {}
    for unit, verdicts in by_unit.items():
        for exercise in unit.exercises:
            known = misconceptions.misconceptions_of(exercise)
            for who, graded in _graded(exercise.id, verdicts):
                for name, _ in named(graded):
                    learners.setdefault(name, set()).add(who)
                    exercises.setdefault(name, {})[exercise.id] = _texts(known, name)
    found = [
        Recurring(*next(iter(where.values())), len(learners[name]), tuple(where))
        for name, where in exercises.items()
        if len(where) > 1
    ]
    return sorted(found, key=lambda each: -each.learners)


def _example(exercise: course.Exercise, name: str, check_id: str, message: str, seed: int) -> str:
    """What learners were told; where they saw a table, with the numbers of the course's mutant."""
    if not message.startswith(WRONG_VALUES):
        return message
    checks = [each for each in checks_of(exercise) if each.id == check_id]
    mutants = [each for each in misconceptions.singles(exercise) if each.names == (name,)]
    for check, mutant, level in itertools.product(checks, mutants, range(FULL + 1)):
        failure = run_check(check, LocalStudent(mutant.namespace()), seed, level).failure
        if failure and failure.counterexample:
            return f"{failure.message} {Window(failure.counterexample).sentence()}"
    return message


def named(graded: ExerciseRecord) -> Iterable[tuple[str, CheckRecord]]:
    """Each misconception of an answer once, with the first check that shows it."""
    seen: dict[str, CheckRecord] = {}
    for check in graded.checks:
        for name in check.misconceptions:
            seen.setdefault(name, check)
    return seen.items()


def histogram(points: Sequence[float], most: float) -> list[int]:
    """How many learners have how many points, in ``BINS`` bins; the last one has full marks too."""
    counts = [0] * BINS
    for each in points:
        share = each / most if most else 0.0
        counts[min(BINS - 1, max(0, int(share * BINS)))] += 1
    return counts
