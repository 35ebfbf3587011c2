"""Checks of unit 00: the warm-up, a weighted average."""

from typing import Any

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import FULL, Draw
from autograder.grading.student_protocol import Student

RESULT = "d"
# Weights of the cases that are drawn to be shown: in tenths, and no two alike.
_SHOWN = {2: (0.3, 0.7), 3: (0.2, 0.5, 0.3)}


def _case(
    draw: Draw, square: bool = False, dtype: torch.dtype = torch.float32
) -> tuple[torch.Tensor, torch.Tensor]:
    """Weights ``(n,)`` that add up to 1 and values ``(n, d)``; n and d are equal if ``square``."""
    if draw.level != FULL:
        n, d = (2, 2) if square else (3, 2)
        weights = torch.tensor(_SHOWN[n], dtype=dtype).roll(draw.integer(0, n - 1))
        return weights, draw.normal(n, d, std=2.0, dtype=dtype)
    n, d = draw.sizes("L_k", "d_v")
    weights = torch.softmax(draw.normal(n, dtype=torch.float64), dim=0).to(dtype)
    return weights, draw.normal(n, n if square else d, std=2.0, dtype=dtype)


def _compare(
    draw: Draw, got: Any, want: torch.Tensor, weights: torch.Tensor, values: torch.Tensor
) -> None:
    message = None
    if draw.level != FULL:
        rows = ", ".join(f"({_numbers(row)})" for row in values)
        message = f"Wrong values for the weights ({_numbers(weights)}) and the rows {rows}."
    expect.close(got, want, "the result", RESULT, message=message)


def _numbers(row: torch.Tensor) -> str:
    return ", ".join(f"{number:.1f}" for number in row.tolist())


@check(
    "weighted_average",
    "equals the weighted average",
    "Compute the first number by hand. Which of the weights went into yours?",
)
def equals_the_average(student: Student, reference: Student, draw: Draw) -> None:
    for dtype in (torch.float32, torch.float64):
        weights, values = _case(draw, dtype=dtype)
        want = reference.weighted_average(weights, values)
        _compare(draw, student.weighted_average(weights, values), want, weights, values)


@check(
    "weighted_average",
    "all the weight on one row gives that row",
    "Which rows may take part when all other weights are 0?",
)
def gives_one_row(student: Student, reference: Student, draw: Draw) -> None:
    weights, values = _case(draw)
    chosen = draw.integer(0, len(weights) - 1)
    weights = torch.zeros_like(weights)
    weights[chosen] = 1.0
    _compare(draw, student.weighted_average(weights, values), values[chosen], weights, values)


@check(
    "weighted_average",
    "works with as many rows as columns",
    "Does a weight belong to a row or to a column? With equal sizes both run.",
)
def takes_a_square(student: Student, reference: Student, draw: Draw) -> None:
    weights, values = _case(draw, square=True)
    want = reference.weighted_average(weights, values)
    _compare(draw, student.weighted_average(weights, values), want, weights, values)


@check(
    "weighted_average",
    "is right, and leaves weights and values as they are",
    "Which line of yours writes into an argument?",
)
def leaves_its_arguments(student: Student, reference: Student, draw: Draw) -> None:
    weights, values = _case(draw)
    want = reference.weighted_average(weights, values)
    _compare(draw, student.weighted_average(weights, values), want, weights, values)
    student.expect_inputs_unchanged("the tensor of weights", "the tensor of values")
