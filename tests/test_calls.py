"""A check that fails shows what was called: the shapes, and the numbers where they are few."""

import contextlib

import pytest
import torch
from support import grade_namespace, graded_exercises

from autograder import course
from autograder.grading.call import Call, shown
from autograder.grading.grader import Grader
from autograder.grading.render.html import exercise_html
from autograder.grading.render.text import exercise_text
from autograder.grading.student import LocalStudent, StudentProblem
from autograder.grading.words import Words


def softmax_of_all(scores, dim=-1):
    return scores.exp() / scores.exp().sum()


SOFTMAX = course.exercise("softmax")
WRONG = {"softmax": softmax_of_all}


def first_failed(verdict):
    return next(each for each in verdict.checks if not each.passed)


@pytest.mark.parametrize("exercise", graded_exercises(), ids=lambda each: each.id)
def test_every_check_that_is_stopped_tells_the_call(exercise):
    def stops(*args, **kwargs):
        raise RuntimeError("no")

    names = course.reference_namespace(exercise.unit) | {exercise.id: stops}
    for check in grade_namespace(exercise, names, 7, watched=False).checks:
        told = check.call.text if check.call else check.message
        assert f"{exercise.id}(" in told, check.id


def test_small_inputs_are_shown():
    verdict = grade_namespace(SOFTMAX, WRONG, 7)
    call = first_failed(verdict).call
    assert call.text.startswith("softmax(scores (")
    ((name, rows),) = call.values
    assert name == "scores" and rows[0].startswith("  [0, 0]")
    assert "\n      scores:\n        [0, 0]" in exercise_text(verdict)
    assert "<details " in exercise_html(verdict)


def test_a_class_is_told_the_shapes_alone():
    grader = Grader(lambda *_: contextlib.nullcontext(LocalStudent(WRONG)), 7, Words(""))
    call = first_failed(grader.grade(SOFTMAX)).call
    assert call.text.startswith("softmax(scores (") and not call.values


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            Call("softmax", (torch.ones(2, 3).double(), 1), {}),
            "softmax(scores (2, 3) float64, dim=1)",
        ),
        (
            Call("KVCache().append", (torch.ones(1, 2),), {"v": None}),
            "KVCache.append(k (1, 2), v=None)",
        ),
        (
            Call("CachedAttention().to()", (torch.ones(1, 2),), {}),
            "CachedAttention.forward(x (1, 2))",
        ),
        (
            Call("causal_mask", (2, 3, 4, 5, 6), {}),
            "causal_mask(argument 1=2, argument 2=3, argument 3=4, argument 4=5, argument 5=6)",
        ),
        (Call("measure", (abs,), {}), "measure(fn=a function)"),
    ],
    ids=lambda each: each.path if isinstance(each, Call) else "",
)
def test_arguments_have_the_names_of_the_task(call, text):
    assert shown(call, with_values=True).text == text


@pytest.mark.parametrize(
    ("value", "told"),
    [((1048576, 2.5e-05), "(1048576, 2.5e-05)"), ([1, 2, 3, 4], "[1, 2, 3, 4]"), ((), "()")]
    + [([1, 2, 3, 4, 5], "5 entries"), ([(1, 2)], "1 entry"), (["secret"], "1 entry")],
)
def test_few_numbers_are_shown_of_any_call(value, told):
    call = Call("explain_steps", (value, (1, 2.0), 3), {})
    text = f"explain_steps(first={told}, second=(1, 2.0), group_size=3)"
    assert shown(call, with_values=False).text == text


def test_what_is_no_exercise_is_not_shown():
    assert shown(Call("print", ("secret",), {}), with_values=True) is None
    assert (
        not Call("softmax().state_dict", (), {}).tells
        and not Call("torch.get_rng_state", (), {}).tells
    )


def test_numbers_of_any_length_stand_apart():
    scores = torch.tensor([[-1e4, 9999.3, 0.5]])
    lines = shown(Call("softmax", (scores,), {}), with_values=True).numbers()[1:]
    assert [line.split() for line in lines] == [["[0]", "-1e+04", "9999.300", "0.500"]]


class NeverRan:
    """A student whose cell is not valid Python."""

    def __getattr__(self, name):
        raise StudentProblem("syntax_error", text="", cell="answer", line=2, source="x = (")


def test_of_code_that_never_ran_nobody_asks_what_it_gets():
    @contextlib.contextmanager
    def open_student(which, replaced):
        yield NeverRan()

    verdict = Grader(open_student, seed=1).grade(SOFTMAX)
    assert verdict.status == "syntax_error"
    assert "bracket" in first_failed(verdict).asks
