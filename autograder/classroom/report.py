"""Reports on a graded assignment: for other programs, for each learner, and for the instructor."""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import msgspec

from .. import course
from ..grading.record import ExerciseRecord, Record, to_json
from ..grading.render import looks, safe
from ..grading.render.wording import Styled, plain
from ..submissions.fingerprint import checks_version
from ..submissions.result import Result
from .results import Results
from .standing import Standing, of_verdict

_NOTHING = "handed in nothing"
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
    absent = {who: [_NOTHING] for who, standing in (book or {}).items() if standing is None}
    remarks = absent | remarks
    return Class(graded, standings, {who: tuple(said) for who, said in remarks.items() if said})


def _same(points: float, others: float) -> bool:
    return math.isclose(points, others, abs_tol=1e-6)  # added up in another order


def _of_file(verdict: Record) -> Sequence[str]:
    if verdict.error:
        return [f"could not be read: {verdict.error.message}"]
    return verdict.notices


def write(
    unit: course.Unit,
    root: Path,
    folder: Path,
    learners: Collection[str] | None = None,
    book: Mapping[str, Standing | None] | None = None,
) -> Class:
    """Write every report of an assignment into a folder.

    ``class.json``, ``grades.csv``, ``junit.xml``, and for each learner a page and Gradescope's
    ``results.json``.

    Args:
        unit, learners, book: as for ``gather``.
        root: the course's folder.
        folder: where the reports go.

    Returns:
        What is in them.

    Raises:
        CourseError: if nothing was graded.
    """
    known = gather(unit, Results(root, unit), learners, book)
    verdicts = known.verdicts
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "class.json": to_json(verdicts),
        "grades.csv": grades_csv(unit, known),
        "junit.xml": junit(verdicts),
    }
    for name, text in files.items():
        _put(folder / name, text)
    for learner, result in known.results.items():
        own, standing = folder / safe.folder_name(learner, files), known.standings[learner]
        _put(own / "feedback.html", page(learner, result, standing))
        _put(own / "results.json", json.dumps(gradescope(result.verdict, standing), indent=2))
    return known


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


def confinement(verdicts: list[Record]) -> str:
    """How submissions were confined while they were graded, as a sentence."""
    levels = Counter(each.isolation for each in verdicts)
    counted = [
        f"{level} ({count})" if len(levels) > 1 else level for level, count in levels.items()
    ]
    return f"Confinement: {', '.join(sorted(counted))}."


def grades_csv(unit: course.Unit, known: Class) -> str:
    """One line for each learner: points and how they come about, by exercise, and what is odd."""
    ids = [each.id for each in unit.exercises]
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    parts = ["automatic", "by hand", "extra credit", "late penalty"]
    status_of = [f"{each} status" for each in ids]
    ends = ["confinement", "remarks", "look at"]
    lines.writerow(["student", "points", "max_points", *parts, *ids, *status_of, *ends])
    for learner in sorted({*known.results, *known.remarks}):
        result, standing = known.results.get(learner), known.standings.get(learner)
        remarks = known.remarks.get(learner, ())
        status = {each.id: each.status for each in result.verdict.exercises} if result else {}
        points: list[object] = [0.0 if _NOTHING in remarks else "", *[""] * (1 + len(parts))]
        if standing:
            points = [standing.points, standing.most, standing.automatic, standing.manual]
            points += [standing.extra, standing.penalty]
        by_id = standing.exercises if standing else {}
        lines.writerow(
            [
                *(safe.cell(learner), *points),
                # An exercise may have been added since.
                *(by_id.get(each, "") if each in status or not result else "" for each in ids),
                *(status.get(each, "not graded") for each in ids),
                result.verdict.isolation if result else "",
                safe.cell("; ".join(remarks)),
                " ".join(standing.to_see) if standing else "",
            ]
        )
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


def class_text(unit: course.Unit, known: Class) -> str:
    """What the class can do and what it misunderstands, as text for the instructor."""
    return plain(class_lines(unit, known))


def class_lines(unit: course.Unit, known: Class) -> list[Styled]:
    """The lines of ``class_text``, for a terminal with colours."""
    verdicts = known.verdicts
    standings = [known.standings[each] for each in known.results]
    most = max(each.most for each in standings)
    mean = sum(each.points for each in standings) / len(standings)
    average = f"{mean:.1f} of {most:g} points on average"
    head = f"{unit.name}: {len(verdicts)} submissions, {average}. {confinement(verdicts)}"
    lines = [Styled(head, "title"), *_counted(standings)]
    for exercise in unit.exercises:
        graded = [
            each for verdict in verdicts for each in verdict.exercises if each.id == exercise.id
        ]
        lines += [Styled(""), *_exercise_lines(exercise.id, graded)]
    version = checks_version(unit.name)
    outdated = sum(each.checks_version != version for each in verdicts)
    if outdated:
        says = f"The course has changed since {outdated} of them were graded; grade again."
        lines += [Styled(""), Styled(says, "flag")]
    return lines + _remark_lines(known) + _flagged_lines(known)


def _counted(standings: list[Standing]) -> list[Styled]:
    """Whose points are not the grader's alone, as one line; grades.csv has each."""
    counts = {
        "points by hand": sum(each.manual != 0 for each in standings),
        "extra credit": sum(each.extra != 0 for each in standings),
        "a late penalty": sum(each.penalty != 0 for each in standings),
    }
    told = [f"{count} with {what}" for what, count in counts.items() if count]
    return [Styled(f"Of these, {', '.join(told)}.")] if told else []


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
    wrong = Counter(
        name
        for each in graded
        for name in dict.fromkeys(name for check in each.checks for name in check.misconceptions)
    )
    most_common = wrong.most_common(8)
    return [Styled(head, "title"), *(Styled(f"  {n:4} x {name}") for name, n in most_common)]


def _flagged_lines(known: Class) -> list[Styled]:
    """What a person should look at: whose, which exercise, and why; empty if there is nothing."""
    lines = []
    for verdict in known.verdicts:
        learner = safe.one_line(verdict.submission)
        reasons = {each.id: each.flags for each in verdict.exercises if each.flags}
        lines += [
            Styled(f"  {learner}, {exercise}: {reason}", "flag")
            for exercise in known.standings[verdict.submission].to_see
            for reason in reasons.get(exercise, (_BY_HAND,))
        ]
    return [Styled(""), Styled("For a person to look at:", "flag"), *lines] if lines else []
