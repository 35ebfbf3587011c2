"""Reports on a graded assignment: for other programs, for each learner, and for the instructor."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from xml.etree import ElementTree

import msgspec

from .. import course
from ..grading.record import ExerciseRecord, Record, to_json
from ..grading.render import looks, safe
from ..grading.render.wording import Styled, plain
from ..submissions.result import Result
from .results import Results


def write(
    unit: course.Unit, root: Path, folder: Path, learners: Collection[str] | None = None
) -> list[Record]:
    """Write every report of an assignment into a folder.

    ``class.json``, ``grades.csv``, ``junit.xml``, and for each learner a page and Gradescope's
    ``results.json``.

    Args:
        unit: the assignment.
        root: the course's folder.
        folder: where the reports go.
        learners: who is in them; everyone of whom there is a result by default.

    Returns:
        The verdicts, as in the JSON contract.

    Raises:
        CourseError: if nothing was graded.
    """
    results = Results(root, unit)
    wanted = [each for each in results.learners() if learners is None or each in learners]
    loaded = {learner: results.load(learner) for learner in wanted}
    graded = {learner: result for learner, result in loaded.items() if result}
    if not graded:
        raise course.CourseError(
            f"nothing was graded yet of what was handed in; run 'python -m autograder grade "
            f"{unit.name}' first"
        )
    folder.mkdir(parents=True, exist_ok=True)
    verdicts = [
        msgspec.structs.replace(result.verdict, submission=learner)
        for learner, result in graded.items()
    ]
    files = {
        "class.json": to_json(verdicts),
        "grades.csv": grades_csv(unit, verdicts),
        "junit.xml": junit(verdicts),
    }
    for name, text in files.items():
        _put(folder / name, text)
    for learner, result in graded.items():
        own = folder / safe.folder_name(learner, files)
        _put(own / "feedback.html", page(learner, result))
        _put(own / "results.json", json.dumps(gradescope(result.verdict), indent=2))
    return verdicts


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")


def page(learner: str, result: Result) -> str:
    """The feedback of a learner as a page; what the learner wrote is escaped, no script runs."""
    verdict = result.verdict
    notes = [verdict.error.message] if verdict.error else verdict.notices
    return looks.template("report").render(
        learner=learner,
        verdict=verdict,
        notes=[*notes, confinement([verdict])],
        pages=list(result.pages.values()),
    )


def gradescope(verdict: Record) -> dict:
    """A verdict as Gradescope's ``results.json``; one test for each check, text only."""
    tests = [
        {
            "name": f"{exercise.id}: {check.id}",
            "score": check.points,
            "max_score": check.max_points,
            "status": "passed" if check.passed else "failed",
            "output": check.message,
            "output_format": "text",
        }
        for exercise in verdict.exercises
        for check in exercise.checks
    ]
    notes = [verdict.error.message] if verdict.error else []
    return {
        "score": verdict.points,
        "output": " ".join([*notes, confinement([verdict])]),
        "output_format": "text",
        "tests": tests,
        "extra_data": {"isolation": verdict.isolation},
    }


def confinement(verdicts: list[Record]) -> str:
    """How submissions were confined while they were graded, as a sentence."""
    levels = Counter(each.isolation for each in verdicts)
    counted = [
        f"{level} ({count})" if len(levels) > 1 else level for level, count in levels.items()
    ]
    return f"Confinement: {', '.join(sorted(counted))}."


def grades_csv(unit: course.Unit, verdicts: list[Record]) -> str:
    """One line for each learner: points, status by exercise, exercises that a person should see."""
    ids = [each.id for each in unit.exercises]
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    status_of = [f"{each} status" for each in ids]
    lines.writerow(["student", "points", "max_points", *ids, *status_of, "confinement", "look at"])
    for verdict in verdicts:
        by_id = {each.id: each for each in verdict.exercises}
        # An exercise may have been added since.
        points = [by_id[each].points if each in by_id else "" for each in ids]
        status = [by_id[each].status if each in by_id else "not graded" for each in ids]
        head = [safe.cell(verdict.submission), verdict.points, verdict.max_points]
        flagged = " ".join(each.id for each in verdict.exercises if each.flags)
        lines.writerow([*head, *points, *status, verdict.isolation, flagged])
    return out.getvalue().rstrip("\n")


def junit(verdicts: list[Record]) -> str:
    """All checks of all learners as JUnit's XML."""
    root = ElementTree.Element("testsuites")
    for verdict in verdicts:
        name = safe.one_line(verdict.submission)
        suite = ElementTree.SubElement(root, "testsuite", name=name)
        properties = ElementTree.SubElement(suite, "properties")
        ElementTree.SubElement(properties, "property", name="confinement", value=verdict.isolation)
        for exercise in verdict.exercises:
            for check in exercise.checks:
                case = ElementTree.SubElement(
                    suite, "testcase", classname=exercise.id, name=check.id
                )
                if not check.passed:
                    message = safe.one_line(check.message)
                    ElementTree.SubElement(case, "failure", message=message)
        checks = [check for each in verdict.exercises for check in each.checks]
        suite.set("tests", str(len(checks)))
        suite.set("failures", str(sum(not each.passed for each in checks)))
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)


def class_text(unit: course.Unit, verdicts: list[Record]) -> str:
    """What the class can do and what it misunderstands, as text for the instructor."""
    return plain(class_lines(unit, verdicts))


def class_lines(unit: course.Unit, verdicts: list[Record]) -> list[Styled]:
    """The lines of ``class_text``, for a terminal with colours."""
    most = sum(each.points for each in unit.exercises)
    mean = sum(each.points for each in verdicts) / len(verdicts)
    average = f"{mean:.1f} of {most:g} points on average"
    head = f"{unit.name}: {len(verdicts)} submissions, {average}. {confinement(verdicts)}"
    lines = [Styled(head, "title")]
    for exercise in unit.exercises:
        graded = [
            each for verdict in verdicts for each in verdict.exercises if each.id == exercise.id
        ]
        lines += [Styled(""), *_exercise_lines(exercise.id, graded)]
    return lines + _flagged_lines(verdicts)


def _exercise_lines(exercise_id: str, graded: list[ExerciseRecord]) -> list[Styled]:
    """How often an exercise has each status, and what is misunderstood most."""
    status = Counter(each.status for each in graded).most_common()
    counts = ", ".join(f"{count} {name}" for name, count in status)
    head = f"{exercise_id}: {counts or 'not graded'}"
    wrong = Counter(
        name
        for each in graded
        for name in dict.fromkeys(name for check in each.checks for name in check.misconceptions)
    )
    most_common = wrong.most_common(8)
    return [Styled(head, "title"), *(Styled(f"  {n:4} x {name}") for name, n in most_common)]


def _flagged_lines(verdicts: list[Record]) -> list[Styled]:
    """What a person should look at: whose, which exercise, and why; empty if there is nothing."""
    lines = [
        Styled(f"  {safe.one_line(verdict.submission)}, {each.id}: {reason}", "flag")
        for verdict in verdicts
        for each in verdict.exercises
        for reason in each.flags
    ]
    return [Styled(""), Styled("For a person to look at:", "flag"), *lines] if lines else []
