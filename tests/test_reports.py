"""Reports on a class: what hostile names do to them, and what they say of each result."""

import csv
import io
import json
import re
from xml.etree import ElementTree

import msgspec
import pytest

from autograder import course
from autograder.classroom import exports, report, roll
from autograder.classroom.results import Results
from autograder.classroom.standing import Person, Standing
from autograder.course import CourseError
from autograder.grading.record import CheckRecord, ErrorRecord, ExerciseRecord, Record
from autograder.grading.render import safe
from autograder.submissions.result import Result

UNIT = course.unit("02_masks")
IDS = [each.id for each in UNIT.exercises]


def record(isolation="full", exercises=IDS, **fields) -> Record:
    """A verdict of no points, with a message that holds what terminals and XML cannot take."""
    checks = (CheckRecord("shape", 0.0, 1.0, False, "line\nbell\x07 \udcff", None, ()),)
    graded = [ExerciseRecord(each, 0.0, 1.0, "failed", False, (), checks) for each in exercises]
    verdict = Record(1, "of one's own", 0.0, 21.0, tuple(graded), None, (), isolation, 5, "abc")
    return msgspec.structs.replace(verdict, **fields)


def keep(root, learner: str, verdict: Record) -> None:
    """Keep a verdict as a class run does."""
    pages = {each.id: "<p>page</p>" for each in verdict.exercises}
    Results(root, UNIT).save(learner, Result("key", verdict, pages, ""))


def gathered(root, learners, book=None) -> roll.Class:
    """What is known of these learners."""
    return roll.gather(UNIT, Results(root, UNIT), learners, book)


HOSTILE = (
    *("class.json", "class.json_", "GRADES.csv", "junit.xml", "bell\x07", "two\nlines", "\x1b[2J"),
    *("\t=1+1", "=1+1", " @x", "＝1", "*", "a[b]", "x ", "-dash", "bad\udcff", "<b>&amp;"),
)


def test_every_report_stands_whatever_learners_are_called(tmp_path):
    for learner in HOSTILE:
        keep(tmp_path, learner, record())
    known = report.write(UNIT, tmp_path, tmp_path / "reports")
    assert sorted(each.submission for each in known.verdicts) == sorted(HOSTILE)
    files = [each.name for each in (tmp_path / "reports").iterdir() if each.is_file()]
    assert sorted(files) == sorted(roll.FILES)
    assert len(json.loads((tmp_path / "reports" / "class.json").read_text())) == len(HOSTILE)
    suites = ElementTree.parse(tmp_path / "reports" / "junit.xml").getroot()
    assert len(suites.findall("testsuite")) == len(HOSTILE)
    pages = list((tmp_path / "reports").glob("*/feedback.html"))
    assert len(pages) == len(list((tmp_path / "reports").glob("*/results.json"))) == len(HOSTILE)
    assert all("<b>" not in page.read_text(encoding="utf-8") for page in pages)
    rows = list(csv.reader(io.StringIO((tmp_path / "reports" / "grades.csv").read_text("utf-8"))))
    assert len(rows) == 1 + len(HOSTILE)
    for name, *_ in rows:
        assert name.isprintable() and not name.startswith(("=", "+", "-", "@", "\t", " @", "＝"))
    text = report.class_text(UNIT, known)
    assert text.replace("\n", "").isprintable()


def test_folders_of_learners_keep_apart():
    names = ["ann", "class.json", "class.json_", "Class.JSON", "class.json.ann"]
    folders = [safe.folder_name(name, ("class.json",)) for name in names]
    assert folders == ["ann", "class.json_", "class.json__", "Class.JSON_", "class.json.ann"]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("ann", "ann"),
        ("a=b", "a=b"),
        ("=1", "'=1"),
        ("\t=1", "'\N{REPLACEMENT CHARACTER}=1"),
        ("\r\n+1", "'\N{REPLACEMENT CHARACTER} +1"),
        (" @x", "' @x"),
    ],
)
def test_no_cell_is_a_formula(text, cell):
    assert safe.cell(text) == cell


def test_each_report_says_how_a_submission_was_confined(tmp_path):
    keep(tmp_path, "ann", record("partial"))
    keep(tmp_path, "bob", record("full"))
    folder = tmp_path / "reports"
    known = report.write(UNIT, tmp_path, folder)
    assert "Confinement: full (1), partial (1)." in report.class_text(UNIT, known)
    assert "Confinement: full." in report.class_text(UNIT, gathered(tmp_path, ["bob"]))
    rows = csv.DictReader((folder / "grades.csv").open())
    assert [row["confinement"] for row in rows] == ["partial", "full"]
    suites = ElementTree.parse(folder / "junit.xml").getroot()
    assert [each.get("value") for each in suites.iter("property")] == ["partial", "full"]
    for learner, level in (("ann", "partial"), ("bob", "full")):
        assert f"Confinement: {level}." in (folder / learner / "feedback.html").read_text()
        scope = json.loads((folder / learner / "results.json").read_text())
        assert scope["extra_data"] == {"isolation": level}
        assert f"Confinement: {level}." in scope["output"]


def test_an_exercise_that_was_added_since_is_not_graded(tmp_path):
    keep(tmp_path, "ann", record(exercises=IDS[1:]))
    known = report.write(UNIT, tmp_path, tmp_path / "reports")
    row = next(csv.DictReader((tmp_path / "reports" / "grades.csv").open()))
    assert (row[IDS[0]], row[f"{IDS[0]} status"]) == ("", "not graded")
    assert f"{IDS[0]}: not graded" in report.class_text(UNIT, known)


def rows(folder):
    """The lines of grades.csv, by learner."""
    with (folder / "grades.csv").open() as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def test_points_are_those_of_the_gradebook_and_every_report_says_how_they_come_about(tmp_path):
    for learner in ("ann", "bob"):
        keep(tmp_path, learner, record(points=9.0))
    book = {
        "ann": Standing(9.0, 21.0, 2.0, 1.5, 4.0, dict.fromkeys(IDS, 3.0), (IDS[1],)),
        "bob": Standing(9.0, 21.0, penalty=9.5),
    }
    known = report.write(UNIT, tmp_path, tmp_path / "reports", ["ann", "bob"], book)
    row = rows(tmp_path / "reports")["ann"]
    names = ("points", "automatic", "by hand", "extra credit", "late penalty", IDS[0])
    assert [float(row[name]) for name in names] == [8.5, 9.0, 2.0, 1.5, 4.0, 3.0]
    assert row["look at"] == IDS[1] and row["remarks"] == ""
    assert rows(tmp_path / "reports")["bob"]["points"] == "0.0"
    text = report.class_text(UNIT, known)
    assert "4.2 of 21 points on average" in text
    assert "Of these, 1 with points by hand, 1 with extra credit, 2 with a late penalty." in text
    assert f"ann, {IDS[1]}: waits for manual grading" in text
    scope = json.loads((tmp_path / "reports" / "ann" / "results.json").read_text())
    told = "Points: 9 by the grader, +2 by hand, +1.5 extra credit, -4 for being late."
    assert scope["score"] == 8.5 and scope["output"].startswith(told)
    page = (tmp_path / "reports" / "ann" / "feedback.html").read_text()
    assert "8.5 of 21 points" in page and told in page


def test_whoever_has_no_grade_is_named_with_the_reason(tmp_path):
    error = ErrorRecord("not_a_notebook", "02_masks.ipynb is empty.")
    keep(tmp_path, "ann", record(error=error))
    keep(tmp_path, "bob", record(points=9.0, notices=("the file was called x",)))
    keep(tmp_path, "cleo", record(points=0.1 + 0.2 + 8.7))
    failures = {"dora": "it hangs", "cleo": "it hangs", "bad\udcff": "it hangs"}
    Results(tmp_path, UNIT).save_failures(failures)
    book = {
        "ann": Standing(0.0, 21.0),
        "bob": Standing(8.0, 21.0),
        "cleo": Standing(9.0 - 1e-15 * 2, 21.0),
        "finn": Standing(7.0, 21.0),
        "gone": None,
    }
    learners = ["ann", "bob", "cleo", "dora", "emil", "finn", "n" * 252]
    known = report.write(UNIT, tmp_path, tmp_path / "reports", learners, book)
    other = "the gradebook holds other points than the grader gave; grade again"
    said = {
        "ann": "could not be read: 02_masks.ipynb is empty.",
        "bob": f"the file was called x; {other}",
        "cleo": "has no grade of what lies there now: it hangs",
        "dora": "has no grade of what lies there now: it hangs",
        "emil": "was not graded yet",
        "finn": "was not graded yet",
        "gone": "handed in nothing",
        "n" * 252: "was not graded yet",
    }
    found = rows(tmp_path / "reports")
    assert {learner: row["remarks"] for learner, row in found.items()} == said
    points = {"ann": "0.0", "bob": "8.0", "cleo": "9.0", "finn": "7.0", "gone": "0.0"}
    points |= {"dora": "", "emil": "", "n" * 252: ""}
    assert {learner: row["points"] for learner, row in found.items()} == points
    text = report.class_text(UNIT, known)
    for learner, remarks in said.items():
        assert all(f"  {learner}: {remark}" in text for remark in remarks.split("; ", 1)[:1])
    assert "The course has changed since 3 of them were graded; grade again." in text


def test_who_is_not_asked_for_is_left_out(tmp_path):
    for learner in ("ann", "bob"):
        keep(tmp_path, learner, record())
    known = report.write(UNIT, tmp_path, tmp_path / "reports", ["bob", "new"])
    assert [each.submission for each in known.verdicts] == ["bob"]
    assert not (tmp_path / "reports" / "ann").exists()
    with pytest.raises(CourseError, match="nothing was graded yet"):
        report.write(UNIT, tmp_path, tmp_path / "reports", ["new"])


def test_why_a_file_could_not_be_read_stands_in_its_feedback(tmp_path):
    error = ErrorRecord("missing_file", "02_masks.ipynb is missing.")
    keep(tmp_path, "ann", record(error=error))
    report.write(UNIT, tmp_path, tmp_path / "reports")
    assert error.message in (tmp_path / "reports" / "ann" / "feedback.html").read_text()


PEOPLE = {"ann": Person("Ann", "Lee", "ann@example.org", "4711")}


def test_canvas_takes_the_points_as_they_are(tmp_path):
    """As ``GradebookImporter`` of instructure/canvas-lms reads a file."""
    keep(tmp_path, "ann", record(points=12.5))
    keep(tmp_path, "ben", record(points=3.0))
    book = {"ann": Standing(12.5, 21.0, penalty=2.0), "ben": Standing(3.0, 21.0), "eve": None}
    known = gathered(tmp_path, ["ann", "ben", "late"], book)
    text = exports.canvas_csv(UNIT, known, PEOPLE)
    header, possible, *students = csv.reader(io.StringIO(text))
    assert "Student" in header[0] and "ID" in header[1] and len(header) > 3
    assert re.search(r"SIS\s+User\s+ID", header[2]) and re.search(r"SIS\s+Login\s+ID", header[3])
    assert "Section" in header[4] and header[5:] == [UNIT.name]
    assert "Points Possible" in possible[0] and possible[5] == "21"
    assert students == [
        ["Lee, Ann", "4711", "", "ann", "", "10.5"],
        ["ben", "", "", "ben", "", "3"],
        ["eve", "", "", "eve", "", "0"],  # who has no grade keeps what Canvas has
    ]


def test_moodle_finds_each_student_by_any_of_three_columns(tmp_path):
    keep(tmp_path, "ann", record(points=12.5, notices=("two files",)))
    known = gathered(tmp_path, ["ann"], {"ann": Standing(12.5, 21.0, penalty=2.0)})
    header, row = csv.reader(io.StringIO(exports.moodle_csv(UNIT, known, PEOPLE)))
    told = dict(zip(header, row, strict=True))
    assert (told["Username"], told["ID number"], told["Email address"]) == (
        *("ann", "4711", "ann@example.org"),
    )
    assert told[UNIT.name] == "10.5" and told["Feedback"].endswith("for being late; two files")
