"""The reports on a class, and on a course, as HTML files: no script, nothing loaded.

Names are hidden if that is asked for.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from .. import course
from ..grading.render import looks, safe
from ..grading.render.wording import STATUS, number
from . import insight
from .alike import RULE, Alike
from .roll import CLASS_PAGE, FEEDBACK, Class, flagged, folder_of, outdated, summary

_SIGNS = {"passed": "✓", "not_started": "·", "manual": "?"}
_LABELS = [f"{10 * i}–{10 * i + 10} %" for i in range(insight.BINS)]


@dataclass(frozen=True)
class LearnerRow:
    """A line of the table of learners.

    Attributes:
        learner: who.
        page: address of the learner's feedback, empty where there is none or names are hidden.
        points: of the assignment, as text.
        exercises: of each exercise a sign and the points, as text.
    """

    learner: str
    page: str
    points: str
    exercises: tuple[str, ...]


@dataclass(frozen=True)
class UnitRow:
    """A line of the table of units: mean share of the points, and where its own page is."""

    name: str
    page: str
    count: int
    share: float


def class_page(
    unit: course.Unit, known: Class, hide_names: bool = False, alike: Alike | None = None
) -> str:
    """What the class can do and what it misunderstands, as a page for the instructor.

    Args:
        unit: the assignment.
        known: who is in it.
        hide_names: whether learners have numbers in place of names, the best first.
        alike: whose answers are alike, if they were compared.
    """
    verdicts = known.verdicts
    points = [known.standings[each].points for each in known.results]
    most = max(known.standings[each].most for each in known.results)
    everyone = sorted({*known.results, *known.remarks}, key=lambda who: _rank(known, who))
    called = _called(everyone, hide_names)

    def told(who: str, what: str) -> tuple[str, str]:
        return who, re.sub(rf"(?<!\w){re.escape(who)}(?!\w)", lambda _: called[who], what)

    return looks.template("class").render(
        title=f"{unit.name}: report on the class",
        summary=[*summary(unit, known), *filter(None, [outdated(unit, known)])],
        counts=insight.histogram(points, most),
        labels=_LABELS,
        graded=len(verdicts),
        known=insight.misunderstood(unit, verdicts),
        exercises=insight.figures(unit, verdicts),
        flags=[told(who, f"{exercise}: {reason}") for who, exercise, reason in flagged(known)],
        remarks=[told(who, each) for who, said in sorted(known.remarks.items()) for each in said],
        alike=alike,
        rule=RULE,
        rows=[_row(unit, known, who, hide_names) for who in everyone],
        name=lambda who: safe.name(called[who]),
    )


def course_page(classes: Mapping[str, Class], hide_names: bool = False) -> str:
    """A whole course as a page for the instructor, beside the folders of its assignments.

    Args:
        classes: by name of the assignment, who is in its report.
        hide_names: as for ``class_page``.
    """
    sums: dict[str, float] = {}
    for known in classes.values():
        for who in {*known.results, *known.remarks}:
            standing = known.standings.get(who)
            sums[who] = sums.get(who, 0.0) + (standing.points if standing else 0.0)
    everyone = sorted(sums, key=lambda who: (-sums[who], who))
    called = _called(everyone, hide_names)
    rows = []
    for who in everyone:
        standings = [known.standings.get(who) for known in classes.values()]
        rows.append(
            (who, number(sums[who]), [number(each.points) if each else "" for each in standings])
        )
    return looks.template("course").render(
        title="Report on the course",
        units=[
            UnitRow(name, f"{name}/{CLASS_PAGE}", len(known.results), _share(known))
            for name, known in classes.items()
        ],
        known=insight.recurring(
            {course.unit(name): known.verdicts for name, known in classes.items()}
        ),
        rows=rows,
        name=lambda who: safe.name(called[who]),
    )


def _share(known: Class) -> float:
    standings = [known.standings[who] for who in known.results]
    return sum(each.points for each in standings) / sum(each.most for each in standings)


def _called(everyone: Sequence[str], hide_names: bool) -> dict[str, str]:
    return {who: f"learner {i}" if hide_names else who for i, who in enumerate(everyone, 1)}


def _rank(known: Class, learner: str) -> tuple[float, str]:
    standing = known.standings.get(learner)
    return (-standing.points if standing else 1.0, learner)


def _row(unit: course.Unit, known: Class, learner: str, hide_names: bool) -> LearnerRow:
    result, standing = known.results.get(learner), known.standings.get(learner)
    graded = {each.id: each for each in result.verdict.exercises} if result else {}
    cells = []
    for exercise in unit.with_points:
        if exercise.id not in graded:
            cells.append("")
            continue
        status = graded[exercise.id].status
        by_id = standing.exercises if standing else {}
        given = by_id.get(exercise.id, graded[exercise.id].points)
        sign = _SIGNS.get(status, "✗" if status == "failed" else STATUS[status])
        cells.append(f"{sign} {number(given)}")
    own = quote(os.fsencode(folder_of(learner)))
    page = f"{own}/{FEEDBACK}" if result and not hide_names else ""
    points = f"{number(standing.points)} of {number(standing.most)}" if standing else ""
    return LearnerRow(learner, page, points, tuple(cells))
