"""Practice: which exercise comes next, what its page holds, what the clock says."""

import json

import pytest
from support import notebook_with, reference_answers, write_notebook
from test_notebook import WRONG, names  # noqa: F401
from typer.testing import CliRunner

import autograder
from autograder import cli, course
from autograder.learner import practice, workspace
from autograder.submissions import read

UNIT = course.unit("01")


@pytest.fixture
def clock(empty_workspace, monkeypatch):
    """A clock that stands until it is moved on."""
    now = [1_000_000.0]
    monkeypatch.setattr(practice.time, "time", lambda: now[0])
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    write_notebook(UNIT.workspace_notebook, notebook_with(UNIT, reference_answers(UNIT)))

    def move(minutes):
        now[0] += 60 * minutes

    return move


def checked(move, exercise_id, *statuses):
    """Checks of an exercise with these results, a day apart."""
    points = course.exercise(exercise_id).points
    for status in statuses:
        move(24 * 60)
        workspace.record(exercise_id, points if status == "passed" else 0, points)
        practice.checked(exercise_id, status)


def sources(path):
    """The texts of a notebook's cells."""
    return ["".join(cell["source"]) for cell in json.loads(path.read_text())["cells"]]


def test_what_failed_comes_first_and_then_what_is_longest_ago(clock):
    checked(clock, "scaled_scores", "passed")
    checked(clock, "softmax", "passed")
    checked(clock, "attention", "error", "failed", "passed")
    for wanted in ("attention", "scaled_scores", "softmax", "attention"):
        page = practice.start()
        assert page.parent == course.WORKSPACE / "practice" and page.stem.startswith(wanted)
        checked(clock, wanted, "passed")


def test_a_blank_page_is_no_failed_check(clock):
    checked(clock, "softmax", "not_started")
    checked(clock, "scaled_scores", "passed")
    assert practice.start().stem == "softmax-1"


def test_nothing_to_practise(clock):
    with pytest.raises(course.CourseError, match="try an exercise first"):
        practice.start()


@pytest.mark.parametrize("exercise", UNIT.exercises, ids=lambda each: each.id)
def test_the_page_is_blank_and_the_old_answer_lies_beside_it(clock, exercise):
    before = UNIT.workspace_notebook.read_bytes()
    page = practice.start(exercise.id)
    assert UNIT.workspace_notebook.read_bytes() == before
    old = page.with_name(f"{exercise.id}-1_old-1.py")
    assert old.read_text() == exercise.solution
    texts = sources(page)
    assert old.name in texts[0] and "import torch" in texts[1]
    assert any(text.startswith("## Exercise") for text in texts)
    assert texts[-1] == f'check("{exercise.id}")'
    marks = {read.grade_id(cell) for cell in json.loads(page.read_text())["cells"]}
    others = {each.id for each in UNIT.exercises} - {exercise.id}
    assert exercise.id in marks and not marks & others
    assert exercise.solution not in texts
    assert practice.start(exercise.id).stem == f"{exercise.id}-2"


def test_later_exercises_of_a_unit_get_the_earlier_answers(clock):
    texts = sources(practice.start("attention"))
    assert any('= mine("softmax", "scaled_scores")' in text for text in texts)


def test_every_exercise_can_be_practised(clock):
    for exercise in course.exercises().values():
        if course.unit(exercise.unit).released.exists():
            texts = sources(practice.start(exercise.id))
            assert texts[-1] == f'check("{exercise.id}")'


def test_checks_and_status_tell_the_time_until_all_points(clock, names, capsys):  # noqa: F811
    practice.start("softmax")
    clock(3)
    exec(WRONG, names)
    autograder.check("softmax", seed=1)
    assert "Practice of softmax: 3 min 0 s so far" in capsys.readouterr().out
    clock(2)
    autograder.status()
    assert "Practice of softmax: 5 min 0 s" in capsys.readouterr().out
    exec(course.exercise("softmax").solution, names)
    for told in (True, False):
        autograder.check("softmax", seed=1)
        assert ("Practice of" in capsys.readouterr().out) is told
    assert practice.clock() == ""


def test_a_check_elsewhere_does_not_stop_the_clock(clock, monkeypatch):
    page = practice.start("softmax")
    monkeypatch.setenv("JPY_SESSION_NAME", str(UNIT.workspace_notebook))
    assert practice.checked("softmax", "passed") == ""
    monkeypatch.setenv("JPY_SESSION_NAME", str(page))
    assert "Practice of softmax" in practice.checked("softmax", "passed")


def test_the_command_line_lays_it_out_and_tells_the_time(clock):
    workspace.record("softmax", 1, 5)
    said = CliRunner().invoke(cli.app, ["practice"])
    assert said.exit_code == 0 and "softmax-1.ipynb is new" in said.output
    page = course.WORKSPACE / "practice" / "softmax-1.ipynb"
    clock(1)
    assert "Practice of softmax: 1 min" in CliRunner().invoke(cli.app, ["status"]).output
    options = ["--in-process", "--exercise", "softmax"]
    for path, told in ((UNIT.workspace_notebook, False), (page, True)):
        said = CliRunner().invoke(cli.app, ["check", str(path), *options])
        assert ("Practice of softmax" in said.output) is told


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"failed": 3}', b"\xff"])
def test_a_broken_log_counts_as_none(clock, content):
    (course.WORKSPACE / ".practice.json").write_bytes(content)
    assert practice.clock() == "" and practice.checked("softmax", "passed") == ""
    assert json.loads((course.WORKSPACE / ".practice.json").read_text())["schema"] == 1
