"""Checks of head_similarity."""

from __future__ import annotations

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import FULL, Draw
from autograder.grading.student_protocol import Student
from autograder.units.shared.inputs import as_split, large

from .maps import draw_maps, draw_padding, draw_sizes

_AXES = "H H"


# A constant of 1e-9 in the logarithms, which keeps them finite, nearly cancels out: no mistake.
_TOLERANCE = {torch.float64: 3e-8, torch.float32: 2e-5}


def _compare(student: Student, reference: Student, *given: torch.Tensor, told: str = "") -> None:
    want = reference.head_similarity(*given)
    got = student.head_similarity(*given)
    tolerance = _TOLERANCE[given[0].dtype]
    expect.close(got, want, f"the divergences{told}", _AXES, tolerance=tolerance)


@check(
    "head_similarity",
    "is the Jensen-Shannon divergence of rows, in nats",
    "Take two rows of two weights, (1, 0) and (0, 1). What is their mixture, and how far is each?",
    weight=3,
)
def jensen_shannon_of_rows(student: Student, reference: Student, draw: Draw) -> None:
    (b, h), length = draw_sizes(draw, "B", "H")
    for dtype in (torch.float64, torch.float32):
        _compare(student, reference, draw_maps(draw, b, h, length=length, dtype=dtype))
    maps = draw_maps(draw, b, h, length=length, dtype=torch.float64)
    _compare(student, reference, as_split(maps))


@check(
    "head_similarity",
    "is finite where weights are 0, and 0 only for the same maps",
    "What is 0 log 0? What stands on the diagonal?",
    weight=1.5,
)
def copes_with_zeros(student: Student, reference: Student, draw: Draw) -> None:
    (b, h), length = draw_sizes(draw, "B", "H")
    maps = draw_maps(draw, b, h, length=length, causal=True, dtype=torch.float64)
    _compare(student, reference, maps, told=" of causal maps")
    hard = torch.nn.functional.one_hot(maps.argmax(-1), length).double()
    hard[:, -1] = hard[:, 0]
    _compare(student, reference, hard, told=" of maps of zeros and ones")


@check(
    "head_similarity",
    "one sentence without an axis of the batch, and as many sentences as heads",
    "Which axis holds the heads if there are three, and which if there are four?",
)
def other_shapes_of_maps(student: Student, reference: Student, draw: Draw) -> None:
    (h,), length = draw_sizes(draw, "H")
    maps = draw_maps(draw, h, h, length=length, dtype=torch.float64)
    _compare(student, reference, maps)
    _compare(student, reference, maps[0])
    _compare(student, reference, maps[:1, :1])


@check(
    "head_similarity",
    "padding does not count; the arguments stay as they are",
    "Which rows belong to padding? By how many rows do you divide? Does a line write into the "
    "weights or the mask?",
    weight=1.5,
)
def padding_of_maps(student: Student, reference: Student, draw: Draw) -> None:
    (b, h), length = draw_sizes(draw, "B", "H")
    for left in (False, True):
        mask = draw_padding(draw, b, length, left=left)
        maps = draw_maps(draw, b, h, length=length, mask=mask, dtype=torch.float64)
        _compare(student, reference, maps, mask, told=" with padding")
    student.expect_inputs_unchanged("the tensor of weights", "the mask")
    _compare(student, reference, maps[0], mask[0], told=" of one padded sentence")
    mask = draw_padding(draw, h, length)
    maps = draw_maps(draw, h, h, length=length, mask=mask, dtype=torch.float64)
    _compare(student, reference, maps, mask, told=" with as many sentences as heads")


@check(
    "head_similarity",
    "many heads, many sentences, long sentences; the dtype of the weights",
    "Is there a number in your code that should be a size of the weights? Which dtype has your "
    "result?",
)
def large_maps_of_heads(student: Student, reference: Student, draw: Draw) -> None:
    with torch.no_grad():
        for (b, h, length), told in large(draw, "B", "H", "L"):
            size = b, min(h, 24), max(length, 3)
            maps = draw_maps(draw, *size[:2], length=size[2], dtype=torch.float64)
            _compare(student, reference, maps, told=told)
    if draw.level != FULL:
        (b, h), length = draw_sizes(draw, "B", "H")
        _compare(student, reference, draw_maps(draw, b, h, length=length, dtype=torch.float64))
