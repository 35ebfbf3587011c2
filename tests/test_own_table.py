"""What is told of a learner's own table, and of what is concluded from it."""

import contextlib

import pytest
from support import grade_namespace

from autograder import course
from autograder.grading.grader import Grader
from autograder.grading.stopwatch import Stopwatch
from autograder.grading.student import LocalStudent

REFERENCE = course.reference_namespace("08_efficiency")
MEASURES = "def my_results():\n    return run_experiment(grouped_attention, CASES)\n"
RIGHT_ROWS, RIGHT = REFERENCE["my_results"](), REFERENCE["my_conclusions"]()


def first_failed(exercise, answer):
    names = REFERENCE | {exercise: answer}
    verdict = grade_namespace(course.exercise(exercise), names, seed=3, watched=False)
    return next(check for check in verdict.checks if not check.passed)


@pytest.mark.parametrize("seconds", [60, 0.05], ids=["in time", "out of time"])
def test_a_table_that_is_measured_is_named_and_not_called_a_loop_without_end(seconds):
    names = dict(REFERENCE)
    exec(MEASURES, names)

    @contextlib.contextmanager
    def open_student(which, replaced):
        yield LocalStudent(names, which.forbidden, Stopwatch(seconds))

    verdict = Grader(open_student, seed=3).grade(course.exercise("my_results"))
    assert verdict.status == "failed"
    assert {check.misconceptions for check in verdict.checks} == {("measured_again",)}
    assert "copy the printed rows" in verdict.checks[0].message


@pytest.mark.parametrize("key", ["q_len", "flops", "samples", "median"])
def test_a_key_that_is_missing_is_told_as_missing(key):
    rows = [{name: row[name] for name in row if name != key} for row in RIGHT_ROWS]
    check = first_failed("my_results", lambda: rows)
    assert check.message.startswith(f"There is no `{key}` in ")
    assert check.misconceptions == ("part_missing",)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda row: {"samples": row["samples"][:5]}, "at least 10 samples; it has 5."),
        (lambda row: {"samples": [round(each, 5) for each in row["samples"]]}, "0.00145; it is"),
        (lambda row: {"median": round(row["median"], 4)}, "0.00144878; it is 0.0014."),
    ],
    ids=["few", "rounded samples", "rounded median"],
)
def test_a_table_that_was_tidied_up_is_held_against_what_was_printed(change, told):
    check = first_failed("my_results", lambda: [row | change(row) for row in RIGHT_ROWS])
    assert told in check.message
    assert "as the cell printed them" in check.asks


def bounds(kv_heads):
    rows = {row["name"]: row for row in RIGHT_ROWS if row["num_kv_heads"] == kv_heads}
    return {n: "memory" if row["intensity"] < 3 else "compute" for n, row in rows.items()}


def test_the_bound_of_mqa_is_another_than_that_of_mha():
    assert bounds(8) == RIGHT["bound"]
    check = first_failed("my_conclusions", lambda: RIGHT | {"bound": bounds(1)})
    assert check.misconceptions == ("all_compute",) and "1 KV head" in check.diagnosis


@pytest.mark.parametrize("key", [*RIGHT])
def test_what_is_wrong_with_a_conclusion_is_told_of_its_own_call(key):
    wrong = {"told_apart": ["prefill"], "bound": {}}.get(key, 0.3)
    check = first_failed("my_conclusions", lambda: RIGHT | {key: wrong})
    assert check.call.text == "my_conclusions()"


def test_steps_that_are_explained_without_a_key_are_told_which():
    check = first_failed("explain_steps", lambda *steps: {"bandwidth": 1.0, "gain": 2.0})
    assert check.message.startswith("There is no `start`, `memory_from` in what explain_steps(")
