"""Files of other people: never run in this process, and nobody is left in doubt how they run."""

import os
import shutil
import subprocess
import sys
import types

import pytest
from typer.testing import CliRunner

from autograder import cli, course
from autograder.grading.verdict import SubmissionVerdict
from autograder.learner import pytest_plugin
from autograder.sandbox import processes
from autograder.submissions import grade
from autograder.submissions.read import Submission


@pytest.fixture
def files(tmp_path, empty_workspace):
    """A file of one's own, one of somebody else's, and that one linked to from the workspace."""
    empty_workspace.mkdir()
    own, other = empty_workspace / "own.py", tmp_path / "submitted" / "other.py"
    other.parent.mkdir()
    for each in (own, other):
        each.write_text("def softmax(scores, dim=-1):\n    raise NotImplementedError\n")
    (empty_workspace / "linked.py").symlink_to(other)
    return {"own": own, "other": other, "linked": empty_workspace / "linked.py"}


def test_the_course_itself_is_one_s_own():
    assert course.is_own(course.unit("01").source) and course.is_own(course.unit("00").source)
    assert not course.is_own(course.ROOT / "submitted" / "her" / "01.ipynb")


@pytest.mark.parametrize("whose", ["own", "other", "linked"])
def test_only_one_s_own_file_runs_in_this_process(files, whose):
    done = CliRunner().invoke(cli.app, ["check", str(files[whose]), "--in-process"])
    refused = "in this process its code would run as you: leave --in-process out" in done.output
    assert refused == (whose != "own") and done.exit_code == (2 if refused else 1)


@pytest.mark.parametrize("whose", ["own", "other", "linked"])
def test_the_debugger_of_pytest_runs_in_this_process_what_is_one_s_own(files, whose, monkeypatch):
    seen = []

    def graded(*args, in_process, **others):
        seen.append(in_process)
        raise pytest_plugin.NotYet

    monkeypatch.setattr(grade, "grade_read", graded)
    config = types.SimpleNamespace(getoption={"seed": 1, "usepdb": True}.get)
    item = types.SimpleNamespace(
        config=config,
        submission=Submission(course.unit("01"), []),
        path=files[whose],
        name="softmax",
    )
    with pytest.raises(pytest_plugin.NotYet):
        pytest_plugin.ExerciseItem.runtest(item)
    assert seen == [whose == "own"]


@pytest.mark.parametrize("folder", ["submitted", "autograded", "feedback"])
def test_pytest_in_the_course_runs_nothing_that_was_handed_in(tmp_path, folder):
    shutil.copy(course.ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "test_own.py").write_text("def test_own():\n    pass\n")
    handed_in = tmp_path / folder / "her" / "01"
    handed_in.mkdir(parents=True)
    for name in ("conftest.py", "test_hers.py"):
        (handed_in / name).write_text("open('was-here', 'w')\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", ".", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
    )
    assert "1 passed" in done.stdout, done.stdout
    assert not (tmp_path / "was-here").exists()


@pytest.mark.parametrize("missing", [{}, {"files": "read", "network": "talk"}])
def test_check_says_that_it_confines_in_part_before_it_does(monkeypatch, missing):
    happened = []

    def graded(*args, **kwargs):
        happened.append("graded")
        return SubmissionVerdict("x.ipynb", [], 1, "partial", "")

    monkeypatch.setattr(cli, "_complain", happened.append)
    monkeypatch.setattr(processes, "missing_layers", lambda: missing)
    monkeypatch.setattr(processes, "the_server", lambda: None)
    monkeypatch.setattr(grade, "grade", graded)
    CliRunner().invoke(cli.app, ["check", "x.ipynb"])
    *said, last = happened
    assert last == "graded" and len(said) == bool(missing)
    assert all("confined in part only, without files and network" in each for each in said)
