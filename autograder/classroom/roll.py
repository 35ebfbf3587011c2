"""Who is in a report on a class, and what is known of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from .. import course
from ..grading.record import Record
from ..grading.render import safe
from ..submissions.fingerprint import checks_version
from ..submissions.result import Result
from .results import Results
from .standing import Standing, of_verdict

CLASS_PAGE = "class.html"
FEEDBACK = "feedback.html"
FILES = (CLASS_PAGE, "canvas.csv", "class.json", "grades.csv", "junit.xml", "moodle.csv")
NOTHING = "handed in nothing"
_BY_HAND = "waits for manual grading; points given by hand may be older than the grade"


@dataclass(frozen=True)
class Class:
    """Who is in a report.

    Attributes:
        results: by learner, what came of the submission.
        standings: points by learner, also where only the gradebook knows of any.
        remarks: what is to be said of them, and of others, who have neither.
    """

    results: dict[str, Result]
    standings: dict[str, Standing]
    remarks: dict[str, tuple[str, ...]]

    @property
    def verdicts(self) -> list[Record]:
        """The verdicts, as in the JSON contract."""
        return [
            msgspec.structs.replace(result.verdict, submission=learner)
            for learner, result in self.results.items()
        ]


def gather(
    unit: course.Unit,
    results: Results,
    learners: Collection[str] | None = None,
    book: Mapping[str, Standing | None] | None = None,
) -> Class:
    """Bring together what is known of a class.

    Args:
        unit: the assignment.
        results: what was graded.
        learners: who is in the report; everyone of whom there is a result by default.
        book: what the gradebook says of each student; the grader's points alone by default.

    Raises:
        CourseError: if nothing was graded.
    """
    kept = results.learners()
    wanted = kept if learners is None else sorted(learners)
    loaded = {learner: results.load(learner) for learner in wanted if learner in kept}
    graded = {learner: result for learner, result in loaded.items() if result}
    if not graded:
        raise course.CourseError(
            f"nothing was graded yet of what was handed in; run 'python -m autograder grade "
            f"{unit.name}' first"
        )
    standings = {}
    remarks: dict[str, list[str]] = {}
    failures = results.failures()
    for learner in wanted:
        result, standing = graded.get(learner), book.get(learner) if book else None
        said = remarks.setdefault(learner, [])
        if learner in failures:
            said.append(f"has no grade of what lies there now: {failures[learner]}")
        elif not result:
            said.append("was not graded yet")
        if result:
            said += _of_file(result.verdict)
            given = result.verdict.points
            if book is not None and not (standing and _same(standing.automatic, given)):
                said.append("the gradebook holds other points than the grader gave; grade again")
            standing = standing or of_verdict(result.verdict)
        if standing:
            standings[learner] = standing
    absent = {who: [NOTHING] for who, standing in (book or {}).items() if standing is None}
    remarks = absent | remarks
    return Class(graded, standings, {who: tuple(said) for who, said in remarks.items() if said})


def _same(points: float, others: float) -> bool:
    return math.isclose(points, others, abs_tol=1e-6)  # added up in another order


def _of_file(verdict: Record) -> Sequence[str]:
    if verdict.error:
        return [f"could not be read: {verdict.error.message}"]
    return verdict.notices


def confinement(verdicts: list[Record]) -> str:
    """How submissions were confined while they were graded, as a sentence."""
    levels = Counter(each.isolation for each in verdicts)
    counted = [
        f"{level} ({count})" if len(levels) > 1 else level for level, count in levels.items()
    ]
    return f"Confinement: {', '.join(sorted(counted))}."


def summary(unit: course.Unit, known: Class) -> list[str]:
    """How many there are and what they have, as sentences."""
    standings = [known.standings[each] for each in known.results]
    most = max(each.most for each in standings)
    mean = sum(each.points for each in standings) / len(standings)
    average = f"{mean:.1f} of {most:g} points on average"
    head = f"{len(standings)} submissions, {average}. {confinement(known.verdicts)}"
    return [head, *_counted(standings)]


def outdated(unit: course.Unit, known: Class) -> str:
    """That the course has changed since, as a sentence; empty if it has not."""
    version = checks_version(unit.name)
    count = sum(each.checks_version != version for each in known.verdicts)
    return f"The course has changed since {count} of them were graded; grade again." * bool(count)


def _counted(standings: list[Standing]) -> list[str]:
    """Whose points are not the grader's alone, as one sentence; grades.csv has each."""
    counts = {
        "points by hand": sum(each.manual != 0 for each in standings),
        "extra credit": sum(each.extra != 0 for each in standings),
        "a late penalty": sum(each.penalty != 0 for each in standings),
    }
    told = [f"{count} with {what}" for what, count in counts.items() if count]
    return [f"Of these, {', '.join(told)}."] if told else []


def flagged(known: Class) -> list[tuple[str, str, str]]:
    """What a person should look at: whose, which exercise, and why."""
    found = []
    for verdict in known.verdicts:
        reasons = {each.id: each.flags for each in verdict.exercises if each.flags}
        found += [
            (verdict.submission, exercise, reason)
            for exercise in known.standings[verdict.submission].to_see
            for reason in reasons.get(exercise, (_BY_HAND,))
        ]
    return found


def folder_of(learner: str) -> str:
    """The folder of a learner's reports, beside those of the class."""
    return safe.folder_name(learner, FILES)
