"""Reports on a class: what hostile names do to them, and what they say of each result."""

import csv
import io
import json
from xml.etree import ElementTree

import msgspec
import pytest

from autograder import course
from autograder.classroom import report
from autograder.classroom.results import Results
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


HOSTILE = (
    *("class.json", "class.json_", "GRADES.csv", "junit.xml", "bell\x07", "two\nlines", "\x1b[2J"),
    *("\t=1+1", "=1+1", " @x", "＝1", "*", "a[b]", "x ", "-dash", "bad\udcff", "<b>&amp;"),
)


def test_every_report_stands_whatever_learners_are_called(tmp_path):
    for learner in HOSTILE:
        keep(tmp_path, learner, record())
    verdicts = report.write(UNIT, tmp_path, tmp_path / "reports")
    assert sorted(each.submission for each in verdicts) == sorted(HOSTILE)
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
    text = report.class_text(UNIT, verdicts)
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
    verdicts = report.write(UNIT, tmp_path, folder)
    assert "Confinement: full (1), partial (1)." in report.class_text(UNIT, verdicts)
    assert "Confinement: full." in report.class_text(UNIT, verdicts[1:])
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
    verdicts = report.write(UNIT, tmp_path, tmp_path / "reports")
    row = next(csv.DictReader((tmp_path / "reports" / "grades.csv").open()))
    assert (row[IDS[0]], row[f"{IDS[0]} status"]) == ("", "not graded")
    assert f"{IDS[0]}: not graded" in report.class_text(UNIT, verdicts)


def test_who_is_not_asked_for_is_left_out(tmp_path):
    for learner in ("ann", "bob"):
        keep(tmp_path, learner, record())
    verdicts = report.write(UNIT, tmp_path, tmp_path / "reports", ["bob", "new"])
    assert [each.submission for each in verdicts] == ["bob"]
    assert not (tmp_path / "reports" / "ann").exists()
    with pytest.raises(CourseError, match="nothing was graded yet"):
        report.write(UNIT, tmp_path, tmp_path / "reports", ["new"])


def test_why_a_file_could_not_be_read_stands_in_its_feedback(tmp_path):
    error = ErrorRecord("missing_file", "02_masks.ipynb is missing.")
    keep(tmp_path, "ann", record(error=error))
    report.write(UNIT, tmp_path, tmp_path / "reports")
    assert error.message in (tmp_path / "reports" / "ann" / "feedback.html").read_text()
