"""Reports on a graded assignment: for other programs, for each learner, and for the instructor."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

from .. import course
from ..grading.record import ExerciseRecord, to_json
from ..grading.render import looks, safe
from ..grading.render.wording import Styled, plain
from ..submissions.result import Result
from . import insight
from .alike import Alike
from .class_page import class_page, course_page
from .exports import canvas_csv, grades_csv, gradescope, junit, moodle_csv
from .results import Results
from .roll import (
    CLASS_PAGE,
    FEEDBACK,
    Class,
    confinement,
    flagged,
    folder_of,
    gather,
    outdated,
    summary,
)
from .standing import Person, Standing

COURSE_PAGE = "course.html"


def write(
    unit: course.Unit,
    root: Path,
    folder: Path,
    learners: Collection[str] | None = None,
    book: Mapping[str, Standing | None] | None = None,
    hide_names: bool = False,
    people: Mapping[str, Person] | None = None,
    alike: Alike | None = None,
) -> Class:
    """Write every report of an assignment into a folder.

    ``class.html``, ``class.json``, ``grades.csv``, ``canvas.csv``, ``moodle.csv``, ``junit.xml``,
    and for each learner a page and Gradescope's ``results.json``.

    Args:
        unit, learners, book: as for ``gather``.
        root: the course's folder.
        folder: where the reports go.
        hide_names: whether ``class.html`` is without them.
        people: what is known of students beside their ids.
        alike: whose answers are alike, if they were compared.

    Returns:
        What is in them.

    Raises:
        CourseError: if nothing was graded.
    """
    known = gather(unit, Results(root, unit), learners, book)
    verdicts = known.verdicts
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        CLASS_PAGE: class_page(unit, known, hide_names, alike),
        "class.json": to_json(verdicts),
        "grades.csv": grades_csv(unit, known),
        "canvas.csv": canvas_csv(unit, known, people or {}),
        "moodle.csv": moodle_csv(unit, known, people or {}),
        "junit.xml": junit(verdicts),
    }
    for name, text in files.items():
        _put(folder / name, text)
    for learner, result in known.results.items():
        own, standing = folder / folder_of(learner), known.standings[learner]
        _put(own / FEEDBACK, page(learner, result, standing))
        _put(own / "results.json", json.dumps(gradescope(result.verdict, standing), indent=2))
    return known


def write_course(classes: Mapping[str, Class], folder: Path, hide_names: bool = False) -> None:
    """Write the page on a whole course beside the folders of its assignments.

    Args:
        classes: by name of the assignment, what ``write`` gave.
        folder: where those folders are.
        hide_names: whether the page is without them.

    Raises:
        CourseError: if nothing was graded.
    """
    if not classes:
        raise course.CourseError(
            "nothing was graded yet; run 'python -m autograder grade ASSIGNMENT' first"
        )
    _put(folder / COURSE_PAGE, course_page(classes, hide_names))


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")


def page(learner: str, result: Result, standing: Standing) -> str:
    """The feedback of a learner as a page; what the learner wrote is escaped, no script runs."""
    verdict = result.verdict
    notes = [verdict.error.message] if verdict.error else verdict.notices
    told = [standing.told()] if standing.told() else []
    return looks.template("report").render(
        learner=learner,
        standing=standing,
        notes=[*told, *notes, confinement([verdict])],
        pages=list(result.pages.values()),
    )


def class_text(unit: course.Unit, known: Class) -> str:
    """What the class can do and what it misunderstands, as text for the instructor."""
    return plain(class_lines(unit, known))


def class_lines(unit: course.Unit, known: Class) -> list[Styled]:
    """The lines of ``class_text``, for a terminal with colours."""
    verdicts = known.verdicts
    head, *counted = summary(unit, known)
    lines = [Styled(f"{unit.name}: {head}", "title"), *map(Styled, counted)]
    for exercise in unit.with_points:
        graded = [
            each for verdict in verdicts for each in verdict.exercises if each.id == exercise.id
        ]
        lines += [Styled(""), *_exercise_lines(exercise.id, graded)]
    if says := outdated(unit, known):
        lines += [Styled(""), Styled(says, "flag")]
    return lines + _remark_lines(known) + _flagged_lines(known)


def _remark_lines(known: Class) -> list[Styled]:
    lines = [
        Styled(safe.one_line(f"  {learner}: {remark}"), "flag")
        for learner, remarks in sorted(known.remarks.items())
        for remark in remarks
    ]
    return [Styled(""), Styled("Files and grades:", "flag"), *lines] if lines else []


def _exercise_lines(exercise_id: str, graded: list[ExerciseRecord]) -> list[Styled]:
    """How often an exercise has each status, and what is misunderstood most."""
    status = Counter(each.status for each in graded).most_common()
    counts = ", ".join(f"{count} {name}" for name, count in status)
    head = f"{exercise_id}: {counts or 'not graded'}"
    wrong = Counter(name for each in graded for name, _ in insight.named(each))
    most_common = wrong.most_common(8)
    return [Styled(head, "title"), *(Styled(f"  {n:4} x {name}") for name, n in most_common)]


def _flagged_lines(known: Class) -> list[Styled]:
    lines = [
        Styled(f"  {safe.one_line(learner)}, {exercise}: {reason}", "flag")
        for learner, exercise, reason in flagged(known)
    ]
    return [Styled(""), Styled("For a person to look at:", "flag"), *lines] if lines else []
