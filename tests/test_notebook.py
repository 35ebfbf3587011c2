"""``check``, ``hint``, ``status`` and ``mine`` as a learner calls them."""

import contextlib
import logging
import os
import random
import warnings
from dataclasses import replace

import numpy as np
import pytest
import torch
from IPython.core.formatters import DisplayFormatter
from support import notebook_with, reference_answers, write_notebook
from typer.testing import CliRunner

import autograder
from autograder import cli, course
from autograder.grading import checks, diagnosis, grader
from autograder.grading.expect import Failed
from autograder.grading.run import GraderFault
from autograder.learner import notebook

WRONG = "def softmax(scores, dim=-1):\n    return scores.exp() / scores.exp().sum(dim, True)\n"


@pytest.fixture
def names(monkeypatch, empty_workspace):
    """The learner's namespace."""
    namespace = {"__name__": "__main__"}
    exec("import math, torch\nfrom torch import nn", namespace)
    monkeypatch.setattr(notebook, "_namespace", lambda depth: namespace)
    return namespace


def test_check_says_what_is_wrong_and_returns_the_points(names, capsys):
    exec(WRONG, names)
    points = autograder.check("softmax", seed=1)
    text = capsys.readouterr().out
    assert 0 < points < 5
    assert "no maximum is subtracted" in text
    assert 'check("softmax", seed=1)' in text


def test_no_bare_number_stands_below_a_verdict(names):
    exec(WRONG, names)
    points = autograder.check("softmax", seed=1)
    shown, _ = DisplayFormatter().format(points)
    assert shown == {"text/plain": str(points + 0), "text/html": ""}


def test_check_is_repeatable_by_its_seed(names, capsys):
    exec(WRONG, names)
    shown = [(autograder.check("softmax", seed=3), capsys.readouterr().out) for _ in range(2)]
    assert shown[0] == shown[1]


def test_check_before_anything_is_written_says_so(names, capsys):
    assert autograder.check("softmax") == 0
    assert "Nothing called softmax is defined" in capsys.readouterr().out
    exec("def softmax(scores, dim=-1):\n    raise NotImplementedError()", names)
    assert autograder.check("softmax") == 0
    assert "not started yet" in capsys.readouterr().out


def test_an_unknown_exercise_is_named_with_those_that_exist():
    with pytest.raises(course.CourseError, match="no exercise 'sofmax'.*softmax, scaled_scores"):
        autograder.check("sofmax")


def test_errors_are_carried_forward_and_said(names, capsys):
    for exercise in course.unit("01").exercises:
        exec(exercise.solution, names)
    exec(WRONG.replace(".exp()", ""), names)
    own = names["softmax"]
    assert autograder.check("attention") == course.exercise("attention").points
    assert "Graded with the course's softmax in place of yours" in capsys.readouterr().out
    assert names["softmax"] is own


def test_a_forbidden_call_is_named(names, capsys):
    exec("def softmax(scores, dim=-1):\n    return torch.log_softmax(scores, dim).exp()", names)
    assert autograder.check("softmax") == 0
    assert "log_softmax" in capsys.readouterr().out


def test_hints_come_one_at_a_time(empty_workspace, capsys):
    for step in (1, 2, 3, 3):
        autograder.hint("softmax")
        assert f"Hint {step} of 3" in capsys.readouterr().out
    with pytest.raises(course.CourseError, match="hints 1 to 3"):
        autograder.hint("softmax", 4)


def test_status_shows_points_and_hints(names, capsys):
    exec(course.exercise("softmax").solution, names)
    autograder.check("softmax")
    autograder.hint("softmax")
    capsys.readouterr()
    autograder.status()
    (line,) = [each for each in capsys.readouterr().out.splitlines() if " softmax " in each]
    assert line.startswith("✓") and "5 of 5" in line and "1 of 3" in line


def test_mine_gives_the_learner_s_own_work_or_the_reference_and_says_which(empty_workspace, capsys):
    unit = course.unit("01")
    reference = course.reference_namespace(unit.name)["softmax"]
    assert autograder.mine("softmax") is reference
    assert "not there yet" in capsys.readouterr().out
    answers = reference_answers(unit)
    write_notebook(unit.workspace_notebook, notebook_with(unit, answers))
    softmax, scores = autograder.mine("softmax", "scaled_scores")
    assert softmax is not reference and callable(scores)
    assert capsys.readouterr().out == "softmax: yours\nscaled_scores: yours\n"
    write_notebook(unit.workspace_notebook, notebook_with(unit, answers | {"softmax": WRONG}))
    assert autograder.mine("softmax") is reference
    assert "does not pass yet" in capsys.readouterr().out


def test_a_notebook_shows_the_sentence_and_no_traceback_of_ours():
    problem = course.CourseError("there is no such thing")
    assert problem._render_traceback_() == ["CourseError: there is no such thing"]


@contextlib.contextmanager
def gradients_off():
    with torch.no_grad():
        yield


@contextlib.contextmanager
def inference():
    with torch.inference_mode():
        yield


@contextlib.contextmanager
def double_by_default():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@contextlib.contextmanager
def another_device():
    torch.set_default_device("meta")
    yield
    torch.set_default_device(None)


@contextlib.contextmanager
def inside_a_device():
    with torch.device("meta"):
        yield


@contextlib.contextmanager
def seeded():
    torch.manual_seed(0)
    random.seed(0)
    np.random.seed(0)
    yield


@contextlib.contextmanager
def warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@contextlib.contextmanager
def another_folder():
    before = os.getcwd()
    os.chdir("/")
    yield
    os.chdir(before)


@contextlib.contextmanager
def a_deleted_folder():
    before = os.getcwd()
    os.mkdir("gone")
    os.chdir("gone")
    os.rmdir("../gone")
    yield
    os.chdir(before)


STATES = (
    gradients_off,
    inference,
    double_by_default,
    another_device,
    inside_a_device,
    seeded,
    warnings_are_errors,
    another_folder,
    a_deleted_folder,
)


def state():
    """What a learner's kernel is in the middle of."""
    numpy = np.random.get_state()
    return {
        "gradients": (torch.is_grad_enabled(), torch.is_inference_mode_enabled()),
        "dtype": torch.get_default_dtype(),
        "device": torch.empty(0).device,
        "random": (torch.get_rng_state().tolist(), random.getstate(), numpy[1].tolist(), numpy[2]),
        "warnings": list(warnings.filters),
        "folder": os.stat(".").st_ino,
    }


UNCLEAN = """
import warnings
def attention(q, k, v):
    torch.set_default_dtype(torch.float64)
    warnings.warn("look")
    torch.rand(3), np.random.rand(3), random.random()
    if os.stat(".").st_nlink:  # there is no way back into a folder that was deleted
        os.chdir("/")
    return clean(q, k, v)
"""


@pytest.mark.parametrize("inside", STATES)
def test_a_kernel_in_any_state_gets_the_same_verdict_and_keeps_its_state(
    names, inside, capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    for exercise in course.unit("01").exercises:
        exec(exercise.solution, names)
    names |= {"clean": names["attention"], "np": np, "os": os, "random": random}
    exec(UNCLEAN, names)
    with inside():
        before = state()
        points = autograder.check("attention", seed=3)
        assert state() == before
    assert points == course.exercise("attention").points, capsys.readouterr().out


def breaking(exercise, monkeypatch):
    """A check of the exercise that stops whoever is graded."""

    def run(student, reference, draw):
        draw.sizes("B", "B", "B", "B", "B", "B")

    first, *others = checks.checks_of(exercise)
    broken = [replace(first, run=run), *others]
    monkeypatch.setitem(checks._registry, exercise.id, broken)


def test_a_fault_of_the_grader_is_told_as_such(names, monkeypatch, caplog):
    exercise = course.exercise("softmax")
    exec(exercise.solution, names)
    breaking(exercise, monkeypatch)
    with caplog.at_level(logging.ERROR, "autograder"), pytest.raises(GraderFault) as caught:
        autograder.check("softmax", seed=5)
    (line,) = caught.value._render_traceback_()
    assert line.startswith("softmax cannot be graded: the check")
    assert "a fault of the grader and costs no points" in line and "seed 5; ValueError" in line
    assert "draw.py:" in line and caplog.records[0].exc_info
    assert "softmax" not in notebook.workspace.progress()


def test_a_fault_of_the_grader_ends_the_command_line_with_2(empty_workspace, monkeypatch):
    exercise = course.exercise("softmax")
    breaking(exercise, monkeypatch)
    empty_workspace.mkdir()
    answer = empty_workspace / "softmax.py"
    answer.write_text(f"import torch\n{exercise.solution}")
    done = CliRunner().invoke(
        cli.app, ["check", str(answer), "--exercise", "softmax", "--in-process"]
    )
    assert done.exit_code == 2 and "costs no points" in done.output and "0 of" not in done.output


def test_what_only_an_answer_cannot_pass_is_its_own_fault(names, monkeypatch, capsys):
    exercise = course.exercise("softmax")

    def run(student, reference, draw):
        torch.equal(student.softmax(draw.normal(2, 3)), draw.normal(2, 3))

    first, *others = checks.checks_of(exercise)
    monkeypatch.setitem(checks._registry, exercise.id, [replace(first, run=run), *others])
    exec("def softmax(scores, dim=-1):\n    return None", names)
    assert autograder.check("softmax") == 0
    assert "gave back something that this check cannot read." in capsys.readouterr().out
    exec("def softmax(scores):\n    return scores", names)
    assert 0 <= autograder.check("softmax") < exercise.points


def test_a_search_for_a_name_that_fails_costs_the_verdict_nothing(names, monkeypatch, caplog):
    monkeypatch.setattr(diagnosis, "explain", lambda *args: 1 / 0)
    exec(WRONG, names)
    with caplog.at_level(logging.ERROR, "autograder"):
        assert 0 < autograder.check("softmax") < 5
    assert "no name is looked for: softmax" in caplog.text


def test_smaller_inputs_on_which_a_check_stops_are_passed_over(names, monkeypatch, capsys):
    plain = grader.run_check

    def stopping(check, student, seed, level):
        run = plain(check, student, seed, level)
        return replace(run, failure=Failed("no"), error=ValueError())

    monkeypatch.setattr(grader, "run_check", stopping)
    exec("def softmax(scores, dim=-1):\n    return scores", names)
    autograder.check("softmax", seed=1)
    assert "Wrong values" in capsys.readouterr().out


def test_mine_gives_the_reference_where_the_grader_is_at_fault(
    empty_workspace, monkeypatch, capsys
):
    unit, exercise = course.unit("01"), course.exercise("softmax")
    write_notebook(unit.workspace_notebook, notebook_with(unit, reference_answers(unit)))
    breaking(exercise, monkeypatch)
    assert autograder.mine("softmax") is course.reference_namespace(unit.name)["softmax"]
    assert "a fault of the grader" in capsys.readouterr().out
