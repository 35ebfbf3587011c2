"""Prose that a person grades: from the notebook through the gradebook to the feedback."""

import csv
import json
import shutil

import browser
import nbformat
import pytest
from class_folders import run
from lab_server import TOKEN, Server, make_course
from nbconvert.exporters import HTMLExporter
from nbgrader.apps.api import NbGraderAPI
from nbgrader.apps.baseapp import NbGrader
from playwright.sync_api import expect
from support import cell_of, gradebook_of, notebook_with, write_notebook
from typer.testing import CliRunner

import autograder
from autograder import course
from autograder.cli import app
from autograder.learner import practice, workspace
from autograder.submissions.grade import grade

UNIT = course.unit("09_in_production")
(MEMO,) = UNIT.by_hand
HOSTILE = "No.\n~~~\n<script>alert(1)</script>\n"


def submission(memo=None, change=lambda notebook: None):
    """A notebook without code that answers anything."""
    notebook = notebook_with(UNIT, {})
    if memo is not None:
        cell_of(notebook, MEMO.id)["source"] = memo
    change(notebook)
    return notebook


def mark_lost(notebook):
    cell_of(notebook, MEMO.id)["metadata"] = {}


def deleted(notebook):
    notebook["cells"].remove(cell_of(notebook, MEMO.id))


def became_code(notebook):
    cell_of(notebook, MEMO.id).update(cell_type="code", outputs=[], execution_count=None)


CASES = {
    "blank": (submission(), "not_started"),
    "written": (submission("Yes, for the chat.\n\n**61** sessions and not 15."), "manual"),
    "hostile": (submission(HOSTILE), "manual"),
    "mark_lost": (submission("Yes, for the chat, and at length.", mark_lost), "manual"),
    "deleted": (submission(change=deleted), "missing"),
    "became_code": (submission("Yes: 8 KV heads.", became_code), "manual"),
}


def test_a_verdict_says_whether_there_is_anything_to_grade(tmp_path):
    for name, (notebook, status) in CASES.items():
        path = tmp_path / f"{UNIT.name}.ipynb"
        write_notebook(path, notebook)
        verdict = grade(path, [MEMO.id])
        (memo,) = verdict.exercises
        assert (memo.status, memo.points, memo.max_points) == (status, 0.0, MEMO.points), name
        odd = [each for each in verdict.notices if MEMO.id in each]
        assert bool(odd) == (name in ("mark_lost", "became_code")), (name, odd)


def test_points_of_a_person_do_not_count_in_check(tmp_path):
    path = tmp_path / f"{UNIT.name}.ipynb"
    for memo, code in (("Yes.", 0), (None, 1)):
        write_notebook(path, submission(memo))
        done = CliRunner().invoke(app, ["check", str(path), "--exercise", MEMO.id])
        assert done.exit_code == code, done.output
    assert "memo: 0 of 10 points (not started)" in done.output


def test_a_learner_is_told_that_a_person_grades_it(empty_workspace, capsys):
    assert autograder.check(MEMO.id) == 0.0
    assert "graded by a person" in capsys.readouterr().out
    autograder.hint(MEMO.id)
    autograder.status()
    out = capsys.readouterr().out
    assert "Hint 1 of 3" in out
    (line,) = [line for line in out.splitlines() if f" {MEMO.id} " in line]
    assert "by hand" in line
    with pytest.raises(course.CourseError, match="is prose"):
        autograder.mine(MEMO.id)
    with pytest.raises(course.CourseError, match="is prose"):
        practice.start(MEMO.id)


def test_reset_keeps_the_old_memo_as_markdown(empty_workspace):
    write_notebook(UNIT.workspace_notebook, submission("My memo."))
    done = workspace.reset(MEMO.id)
    assert [(path.suffix, path.read_text()) for path in done.kept] == [(".md", "My memo.\n")]
    assert workspace.answer(UNIT, MEMO.id) == "YOUR ANSWER HERE"


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class whose memos are graded by nobody yet: its folder, and what was said."""
    root = tmp_path_factory.mktemp("class")
    shutil.copy(course.ROOT / "nbgrader_config.py", root)
    for student, (notebook, _) in CASES.items():
        write_notebook(root / "submitted" / student / UNIT.name / f"{UNIT.name}.ipynb", notebook)
    return root, run(root, "grade", UNIT.name, "--workers", "2")


@pytest.mark.slow
def test_a_class_waits_for_a_person_and_keeps_what_that_person_gave(graded, monkeypatch):
    root, _ = graded
    monkeypatch.chdir(root)
    with gradebook_of(root) as gradebook:
        waiting = {
            student: gradebook.find_grade(MEMO.id, UNIT.name, UNIT.name, student)
            for student in CASES
        }
        wanted = {student: status == "manual" for student, (_, status) in CASES.items()}
        assert {name: each.needs_manual_grade for name, each in waiting.items()} == wanted
        written = waiting["written"]
        assert (written.auto_score, written.max_score) == (None, MEMO.points)
        written.manual_score, written.needs_manual_grade = 7.5, False
        comment = gradebook.find_comment(MEMO.id, UNIT.name, UNIT.name, "written")
        comment.manual_comment = "Way back: who acts?"
        gradebook.db.commit()
    run(root, "grade", UNIT.name)
    with gradebook_of(root) as gradebook:
        kept = gradebook.find_grade(MEMO.id, UNIT.name, UNIT.name, "written")
        assert (kept.score, kept.needs_manual_grade) == (7.5, False)
    report = run(root, "report", UNIT.name)
    assert "memo: 4 manual, 1 not_started, 1 missing" in report
    assert "hostile, memo: waits for manual grading" in report
    nbgrader = NbGrader()
    nbgrader.initialize([])
    done = NbGraderAPI(config=nbgrader.config).generate_feedback(UNIT.name, "written")
    assert done["success"], done
    page = (root / "feedback" / "written" / UNIT.name / f"{UNIT.name}.html").read_text()
    assert "Way back: who acts?" in page
    assert "7.5" in page


@pytest.mark.slow
def test_prose_reaches_the_page_of_a_grader_as_it_was_typed(graded):
    root, _ = graded
    name = f"{UNIT.name}.ipynb"
    notebook = json.loads((root / "autograded" / "hostile" / UNIT.name / name).read_text())
    cell = cell_of(notebook, MEMO.id)
    text, _ = HTMLExporter().from_notebook_node(nbformat.reads(json.dumps(notebook), 4))
    assert "<script>alert(1)</script>" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert HOSTILE.strip() in "".join(cell["source"])


@pytest.mark.slow
def test_a_person_grades_it_in_formgrader(graded, tmp_path):
    root = tmp_path / "class"
    shutil.copytree(graded[0], root)
    make_course(root)
    server = Server(root, "--teach")
    try:
        server.wait()
        with browser.page() as page:
            page.set_default_timeout(120_000)
            table = f"formgrader/gradebook/{UNIT.name}/{UNIT.name}"
            page.goto(f"http://127.0.0.1:{server.port}/login?next=/{table}&token={TOKEN}")
            page.get_by_role("link", name="Submission #1").wait_for()
            page.get_by_text("Show All Names").click()
            page.get_by_role("link", name="hostile").click()
            cell = page.locator(".nbgrader_cell").last
            points, comment = cell.locator(".score"), cell.locator(".comment")
            cell.locator(".needs_manual_grade").wait_for()
            text = page.get_by_role("main").inner_text()
            places = map(text.index, ("Way back, 2: a signal", "1 of 10.", "9 of 10.", HOSTILE))
            assert (order := list(places)) == sorted(order)
            with page.expect_response("**/api/grade/*"):
                cell.get_by_role("button", name="Full credit").click()
            assert points.input_value() == "10"
            with page.expect_response("**/api/grade/*"):
                points.fill("2.5")
                points.blur()
            with page.expect_response("**/api/comment/*"):
                comment.fill("Which *signal*?")
                comment.blur()
            page.reload()
            expect(comment).to_have_value("Which *signal*?", timeout=60_000)
            assert points.input_value() == "2.5"
            assert cell.locator(".needs_manual_grade").count() == 0
    finally:
        server.stop()
    run(root, "report", UNIT.name)
    with (root / "reports" / UNIT.name / "grades.csv").open() as lines:
        (row,) = [row for row in csv.DictReader(lines) if row["student"] == "hostile"]
    assert (row["by hand"], row[MEMO.id], row["look at"]) == ("2.5", "2.5", "")
