"""The grades of a class for other programs: spreadsheets, JUnit's readers, Gradescope."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from xml.etree import ElementTree

from .. import course
from ..grading.record import Record
from ..grading.render import safe
from ..grading.render.wording import number
from .roll import NOTHING, Class, confinement
from .standing import Person, Standing


def grades_csv(unit: course.Unit, known: Class) -> str:
    """One line for each learner: points and how they come about, by exercise, and what is odd."""
    ids = [each.id for each in unit.with_points]
    parts = ["automatic", "by hand", "extra credit", "late penalty"]
    status_of = [f"{each} status" for each in ids]
    ends = ["confinement", "remarks", "look at"]
    rows: list[list[object]] = [
        ["student", "points", "max_points", *parts, *ids, *status_of, *ends]
    ]
    for learner in sorted({*known.results, *known.remarks}):
        result, standing = known.results.get(learner), known.standings.get(learner)
        remarks = known.remarks.get(learner, ())
        status = {each.id: each.status for each in result.verdict.exercises} if result else {}
        points: list[object] = [0.0 if NOTHING in remarks else "", *[""] * (1 + len(parts))]
        if standing:
            points = [standing.points, standing.most, standing.automatic, standing.manual]
            points += [standing.extra, standing.penalty]
        by_id = standing.exercises if standing else {}
        rows.append(
            [
                *(learner, *points),
                # An exercise may have been added since.
                *(by_id.get(each, "") if each in status or not result else "" for each in ids),
                *(status.get(each, "not graded") for each in ids),
                result.verdict.isolation if result else "",
                "; ".join(remarks),
                " ".join(standing.to_see) if standing else "",
            ]
        )
    return _csv(rows)


def canvas_csv(unit: course.Unit, known: Class, people: Mapping[str, Person]) -> str:
    """The points as Canvas imports them: a student is found by ID, SIS login ID or name.

    Who has no grade is left out, as an empty cell would take away what Canvas has. The columns are
    those that its importer asks for (``lib/gradebook_importer.rb`` of instructure/canvas-lms).
    """
    most = max(each.most for each in known.standings.values())
    rows = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", unit.name],
        ["    Points Possible", "", "", "", "", number(most)],
    ]
    for learner, points in _points(known):
        one = people.get(learner, Person())
        name = ", ".join(filter(None, [one.last_name, one.first_name])) or learner
        rows.append([name, one.lms_user_id, "", learner, "", number(points)])
    return _csv(rows)


def moodle_csv(unit: course.Unit, known: Class, people: Mapping[str, Person]) -> str:
    """The points as Moodle imports them: it asks which column says who, and which the grade.

    With feedback beside them, which Moodle wants mapped together with the points
    (https://docs.moodle.org/en/Grade_import).
    """
    rows = [["Username", "ID number", "First name", "Last name", "Email address"]]
    rows[0] += [unit.name, "Feedback"]
    for learner, points in _points(known):
        one, standing = people.get(learner, Person()), known.standings.get(learner)
        told = [standing.told().rstrip(".") if standing else "", *known.remarks.get(learner, ())]
        who = [learner, one.lms_user_id, one.first_name, one.last_name, one.email]
        rows.append([*who, number(points), "; ".join(filter(None, told))])
    return _csv(rows)


def _points(known: Class) -> Iterable[tuple[str, float]]:
    """The points of everyone who has a grade, and 0 of those who handed in nothing."""
    for learner in sorted({*known.standings, *known.remarks}):
        if learner in known.standings:
            yield learner, known.standings[learner].points
        elif NOTHING in known.remarks[learner]:
            yield learner, 0.0


def _csv(rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerows([safe.cell(x) if isinstance(x, str) else x for x in row] for row in rows)
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


def gradescope(verdict: Record, standing: Standing) -> dict:
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
        "score": standing.points,
        "output": " ".join(filter(None, [standing.told(), *notes, confinement([verdict])])),
        "output_format": "text",
        "tests": tests,
        "extra_data": {"isolation": verdict.isolation},
    }
