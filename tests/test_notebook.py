"""``check``, ``hint``, ``status`` and ``mine`` as a learner calls them."""

import pytest
from support import notebook_with, reference_answers, write_notebook

import autograder
from autograder import course
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
