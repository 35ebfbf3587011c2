"""A term of ten students through nbgrader's own exchange; all who tell of points tell the same."""

import csv
import json
import re
import shutil
from datetime import datetime, timedelta

import pytest
from class_folders import FULL, UNIT, ClassFolder
from nbgrader.apps.api import NbGraderAPI
from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters import GenerateFeedback
from nbgrader.plugins import CsvExportPlugin
from support import (
    gradebook_of,
    notebook_with,
    reference_answers,
    write_notebook,
    wrong_submissions,
)
from typer.testing import CliRunner

from autograder.cli import app

pytestmark = pytest.mark.slow
CONFIG = """
from nbgrader.plugins import LateSubmissionPlugin

class TwoPoints(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 2.0

c.AssignLatePenalties.plugin_class = TwoPoints
c.Exchange.cache = ".lab/cache"
"""
RIGHT = reference_answers(UNIT)
WEAK = RIGHT | {UNIT.exercises[0].id: wrong_submissions(UNIT)["wrong00"][UNIT.exercises[0].id]}
NAME = UNIT.name
STUDENTS = ("ann", "bob", "cleo", "dora", "emil", "finn", "gus", "hana", "ivan", "josé")
ABSENT, LATE, EXTENDED, AGAIN, LEAVES = "dora", "emil", "finn", "ivan", "josé"
FIRST, SECOND = (exercise.check_id for exercise in UNIT.exercises[:2])
SCORE = re.compile(r"<h4>\w+ \(Score: (-?[\d.]+) / ([\d.]+)\)</h4>")


class Term:
    """A course's folder, the homes of its students, and what each way of asking says."""

    def __init__(self, root):
        self.root = root
        self._class = ClassFolder(root, 0, CONFIG)
        nbgrader = NbGrader()
        nbgrader.initialize([])
        self.api = NbGraderAPI(config=nbgrader.config)

    def autograder(self, *command, code=0):
        """Run one of our commands; gives what it said."""
        done = CliRunner().invoke(app, [command[0], NAME, *command[1:]])
        assert done.exit_code == code, done.output
        return done.output

    def grade(self, *options):
        return self.autograder("grade", "--workers", "2", *options)

    def nbgrader(self, step, *arguments, **options):
        """One of nbgrader's own steps."""
        done = getattr(self.api, step)(NAME, *arguments, **options)
        assert done["success"], done

    def submit(self, student, content):
        """Hand in from a student's home, by the exchange."""
        path = self.root / "homes" / student / NAME / f"{NAME}.ipynb"
        if isinstance(content, dict):
            write_notebook(path, notebook_with(UNIT, content))
        else:
            path.parent.mkdir(parents=True)
            path.write_bytes(content)
        coursedir = self.api.coursedir
        coursedir.assignment_id, coursedir.student_id = NAME, student
        self.api.exchange.Submit(
            coursedir=coursedir,
            authenticator=self.api.authenticator,
            assignment_dir=str(path.parent.parent),
            parent=self.api,
        ).start()
        coursedir.student_id = "*"

    def gradebook(self):
        return gradebook_of(self.root)

    def grades(self, student):
        """The gradebook's grades of a student's first two exercises, to be changed."""
        with self.gradebook() as book:
            for name in (FIRST, SECOND):
                yield book.find_grade(name, NAME, NAME, student)
            book.db.commit()

    def points(self):
        """What counts, by the gradebook; 0 for whoever handed in nothing."""
        with self.gradebook() as book:
            found = dict.fromkeys((each.id for each in book.students), 0.0)
            for each in book.assignment_submissions(NAME):
                found[each.student.id] = max(0.0, each.score - each.late_submission_penalty)
        return found

    def agreed(self):
        """What counts, by the gradebook, after all others were seen to say the same."""
        points = self.points()
        text = self.autograder("report")
        reports = self.root / "reports" / NAME
        with (reports / "grades.csv").open(encoding="utf-8") as file:
            rows = {row["student"]: row for row in csv.DictReader(file)}
        assert {student: float(row["points"]) for student, row in rows.items()} == points
        with self.gradebook() as book:
            CsvExportPlugin(parent=self.api, to=str(self.root / "grades.csv")).export(book)
        with (self.root / "grades.csv").open(encoding="utf-8") as file:
            exported = {row["student_id"]: row["score"] for row in csv.DictReader(file)}
        assert {student: float(score) for student, score in exported.items()} == points
        self.api.coursedir.assignment_id = NAME
        GenerateFeedback(coursedir=self.api.coursedir, parent=self.api).start()
        there = sorted(points.keys() - {ABSENT})
        for student in there:
            page = self.root / "feedback" / student / NAME / f"{NAME}.html"
            score, most = SCORE.search(page.read_text(encoding="utf-8")).groups()
            assert (float(score), float(most)) == (points[student], FULL), student
            scope = json.loads((reports / student / "results.json").read_text())
            assert scope["score"] == points[student]
            page = (reports / student / "feedback.html").read_text(encoding="utf-8")
            assert f"<p>{points[student]:g} of {FULL:g} points.</p>" in page
        average = sum(points[each] for each in there) / len(there)
        assert f"{len(there)} submissions, {average:.1f} of {FULL:g} points on average" in text
        assert "other points" not in text and "changed since" not in text
        self.text, self.rows = text, rows
        return points


@pytest.fixture
def term(tmp_path, monkeypatch):
    """A course that is released; nobody has handed in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOGRADER_SECRET", "a class of the tests")
    term = Term(tmp_path)
    term.autograder("release")
    term.nbgrader("release_assignment")
    return term


def test_a_short_term_of_four(term):
    with term.gradebook() as book:
        book.update_or_create_student(ABSENT)
    for student in ("ann", AGAIN):
        term.submit(student, RIGHT)
    due = datetime.utcnow()
    term.submit(LATE, RIGHT)
    term.nbgrader("collect")
    assert "3 graded" in term.grade()
    assert term.agreed() == {ABSENT: 0.0, "ann": FULL, LATE: FULL, AGAIN: FULL}

    for grade in term.grades("ann"):
        grade.extra_credit = 0.75
    for grade in term.grades(AGAIN):
        grade.manual_score = 1.0
    with term.gradebook() as book:
        book.update_or_create_assignment(NAME, duedate=due)
    term.submit(AGAIN, WEAK)
    term.nbgrader("collect", update=True)
    assert "2 graded, 1 unchanged" in term.grade()
    points = term.agreed()
    assert points["ann"] == FULL + 1.5 and points[LATE] == FULL - 2.0
    by_hand = FULL - sum(exercise.points for exercise in UNIT.exercises[:2]) + 2.0
    assert points[AGAIN] == by_hand - 2.0
    assert f"{AGAIN}, {UNIT.exercises[0].id}: waits for manual grading" in term.text


@pytest.mark.thorough
def test_ten_students_through_a_term(term, tmp_path):
    with term.gradebook() as book:
        for student in STUDENTS:
            book.update_or_create_student(student)
    for student in STUDENTS:
        if student not in (ABSENT, LATE, EXTENDED, "cleo"):
            term.submit(student, WEAK if student in ("bob", AGAIN) else RIGHT)
    half = json.dumps(notebook_with(UNIT, RIGHT))[:2000]
    term.submit("cleo", half.encode())
    due = datetime.utcnow()
    for student in (LATE, EXTENDED):
        term.submit(student, RIGHT)
    term.nbgrader("collect")

    said = term.grade()
    assert "9 graded, 0 unchanged, 0 failed" in said
    assert "cleo has 0 points, for nothing could be read: " in said
    first = term.agreed()
    assert first["ann"] == first[LATE] == FULL > first["bob"] > first["cleo"] == first[ABSENT] == 0
    assert "cleo: could not be read: 02_masks.ipynb breaks off in the middle" in term.text
    assert f"{ABSENT}: handed in nothing" in term.text
    assert "9 unchanged" in term.grade()

    for grade in term.grades("gus"):
        grade.manual_score = 1.0
    lost = sum(exercise.points for exercise in UNIT.exercises[:2]) - 2.0
    for grade in term.grades("hana"):
        grade.extra_credit = 0.75
    for grade in term.grades(AGAIN):
        grade.manual_score = 2.0
    assert term.agreed()["gus"] == FULL - lost and term.points()["hana"] == FULL + 1.5
    assert float(term.rows["gus"]["automatic"]) == FULL
    assert "2 with points by hand, 1 with extra credit" in term.text
    assert "9 unchanged" in term.grade()

    with term.gradebook() as book:
        book.update_or_create_assignment(NAME, duedate=due)
    assert "2 graded, 7 unchanged" in term.grade()
    points = term.agreed()
    assert points[LATE] == points[EXTENDED] == FULL - 2
    with term.gradebook() as book:
        book.find_submission(NAME, EXTENDED).extension = timedelta(days=1)
        book.db.commit()
    assert "1 graded, 8 unchanged" in term.grade()
    assert term.agreed()[EXTENDED] == FULL and term.rows[LATE]["late penalty"] == "2.0"

    term.submit(AGAIN, RIGHT)
    term.nbgrader("collect", update=True)
    assert "1 graded, 0 unchanged" in term.grade("--student", AGAIN)
    assert "0 graded, 9 unchanged" in term.grade()
    points = term.agreed()
    by_hand = FULL - sum(exercise.points for exercise in UNIT.exercises[:2]) + 4.0
    assert points[AGAIN] == by_hand - 2.0  # late by now
    assert f"{AGAIN}, {UNIT.exercises[0].id}: waits for manual grading" in term.text
    for grade in term.grades(AGAIN):
        grade.manual_score, grade.needs_manual_grade = None, False
    assert "1 graded, 8 unchanged" in term.grade()
    assert term.agreed()[AGAIN] == FULL - 2.0 and "waits for" not in term.text

    before = term.agreed()
    assert "9 graded, 0 unchanged" in term.grade("--seed", "9")
    assert term.agreed() == before
    assert f"gus, {UNIT.exercises[0].id}: waits for manual grading" in term.text

    shutil.rmtree(tmp_path / "submitted" / LEAVES)
    assert f"Left out: {LEAVES}" in term.autograder("report")
    assert "nbgrader db student remove" in term.autograder("report")
    with term.gradebook() as book:
        book.remove_student(LEAVES)
    shutil.rmtree(tmp_path / "feedback" / LEAVES)
    shutil.rmtree(tmp_path / "autograded" / LEAVES)
    left = term.agreed()
    assert left == {student: before[student] for student in before if student != LEAVES}

    term.nbgrader("release_feedback")
    released = (tmp_path / ".lab" / "exchange").rglob("feedback/*.html")
    pages = sorted(page.read_text(encoding="utf-8") for page in released)
    feedback = (tmp_path / "feedback").rglob("*.html")
    assert pages == sorted(page.read_text(encoding="utf-8") for page in feedback)
    assert len(pages) == 8
