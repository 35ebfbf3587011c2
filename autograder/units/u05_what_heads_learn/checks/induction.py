"""Checks of induction_score."""

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.student_protocol import Student
from autograder.units.shared.inputs import as_split

from .maps import draw_maps, draw_sizes, large_maps

WHAT, AXES = "the scores", "H"


def _compare(
    student: Student, reference: Student, maps: torch.Tensor, period: int, told: str = ""
) -> None:
    want = reference.induction_score(maps, period)
    got = student.induction_score(maps, period)
    expect.close(got, want, f"{WHAT} for period={period}{told}", AXES)


@check(
    "induction_score",
    "is the mean weight on the token behind the earlier copy",
    "Period 3, row 3: where does the same token stand before? And the one that followed it there?",
    weight=3,
)
def looks_behind_the_copy(student: Student, reference: Student, draw: Draw) -> None:
    (b, h), length = draw_sizes(draw, "B", "H")
    for period, dtype in ((3, torch.float64), (5, torch.float32)):
        if period < length:
            for causal in (True, False):
                maps = draw_maps(draw, b, h, length=length, causal=causal, dtype=dtype)
                _compare(student, reference, maps, period)


@check(
    "induction_score",
    "every period, also where copies are many or the last one is cut",
    "Which rows are repeats? In which row does the first repeat begin, and where do they end?",
    weight=2,
)
def every_period(student: Student, reference: Student, draw: Draw) -> None:
    (b, h), length = draw_sizes(draw, "B", "H")
    maps = draw_maps(draw, b, h, length=length, dtype=torch.float64)
    for period in range(2, length):
        _compare(student, reference, maps, period)
    _compare(student, reference, maps, 1)


@check(
    "induction_score",
    "zeros where nothing is repeated",
    "With a period as long as the text, which rows are repeats? What is 0 / 0?",
)
def nothing_is_repeated(student: Student, reference: Student, draw: Draw) -> None:
    (b, h), length = draw_sizes(draw, "B", "H")
    maps = draw_maps(draw, b, h, length=length)
    _compare(student, reference, maps, length)


@check(
    "induction_score",
    "one sentence without an axis of the batch, and as many sentences as heads",
    "Which axis holds the heads if there are three, and which if there are four?",
)
def one_sentence_alone(student: Student, reference: Student, draw: Draw) -> None:
    (h,), length = draw_sizes(draw, "H")
    maps = draw_maps(draw, h, h, length=length, dtype=torch.float64)
    _compare(student, reference, maps, 3)
    _compare(student, reference, maps[:1], 3)
    _compare(student, reference, maps[0], 3)


@check(
    "induction_score",
    "large sizes, half precision, and the weights stay as they are",
    "Is there a number in your code that should be a size? Which dtype has your result? Does a "
    "line write into the weights?",
)
def large_and_unchanged(student: Student, reference: Student, draw: Draw) -> None:
    (b, h), length = draw_sizes(draw, "B", "H")
    maps = as_split(draw_maps(draw, b, h, length=length, causal=True, dtype=torch.float64))
    _compare(student, reference, maps, 3)
    student.expect_inputs_unchanged("the tensor of weights", "the period")
    for dtype in (torch.float16, torch.bfloat16):
        want = reference.induction_score(maps, 3)
        got = student.induction_score(maps.to(dtype), 3)
        expect.close(got, want, WHAT, AXES, tolerance=4e-2, dtype=dtype)
    with torch.no_grad():
        for b, h, length, told in large_maps(draw):
            maps = draw_maps(draw, b, h, length=length, causal=True)
            for period in (2, length // 3 + 1):
                _compare(student, reference, maps, period, told)
