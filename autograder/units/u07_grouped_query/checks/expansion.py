"""Checks of expand_kv."""

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.expect_modules import expect_other_device
from autograder.grading.student_protocol import Student
from autograder.units.shared.gradients import expect_gradients
from autograder.units.shared.inputs import as_split, large

from .refusals import expect_refusal

HEADS = "B H L d_head"


def _kv_sizes(draw: Draw) -> list[int]:
    """(B, H, H_kv, L, d_head)."""
    return draw.sizes("B", "H", "H_kv", "L", "d_head")


@check(
    "expand_kv",
    "query head h gets KV head h // group size",
    "Six query heads, two KV heads k0 and k1: which three of the six stand first in your result?",
    weight=2,
)
def neighbours_share(student: Student, reference: Student, draw: Draw) -> None:
    for dtype in (torch.float32, torch.float64):
        b, h, h_kv, length, d_head = _kv_sizes(draw)
        x = as_split(draw.normal(b, h_kv, length, d_head, dtype=dtype))
        want = reference.expand_kv(x, h)
        expect.close(student.expand_kv(x, h), want, "the expanded heads", HEADS)
    with torch.no_grad():
        for (b, h_kv, group, length, d_head), told in large(
            draw, "B", "H_kv", "group", "L", "d_head"
        ):
            x = draw.normal(b, h_kv, length, d_head)
            got, want = (of.expand_kv(x, group * h_kv) for of in (student, reference))
            expect.close(got, want, f"the expanded heads{told}", HEADS)


@check(
    "expand_kv",
    "one KV head serves all, and as many as query heads are left as they are",
    "What is the group size when H_kv = 1, and when H_kv = H?",
)
def expands_at_both_ends(student: Student, reference: Student, draw: Draw) -> None:
    b, h, length, d_head = draw.sizes("B", "H", "L", "d_head")
    for h_kv in (1, h):
        x = draw.normal(b, h_kv, length, d_head)
        expect.close(
            student.expand_kv(x, h), reference.expand_kv(x, h), "the expanded heads", HEADS
        )


@check(
    "expand_kv",
    "refuses KV heads that do not divide the query heads",
    "Seven query heads, three KV heads: who reads whom?",
)
def refuses_to_expand(student: Student, reference: Student, draw: Draw) -> None:
    b, h, h_kv, length, d_head = _kv_sizes(draw)
    for number in (h + 1, h_kv - 1):
        _expansion_refused(student, draw.normal(b, h_kv, length, d_head), number)
    accepted = student.expand_kv(draw.normal(b, h_kv, length, d_head), h)
    told = f"expand_kv of {h_kv} KV heads to {h} heads should give something."
    expect.true(accepted is not None, told)


def _expansion_refused(student: Student, x: torch.Tensor, num_heads: int) -> None:
    expect_refusal(
        student,
        lambda: student.expand_kv(x, num_heads),
        f"expand_kv of {x.shape[1]} KV heads to {num_heads} heads should raise a ValueError.",
    )


@check(
    "expand_kv",
    "sends the gradient back, leaves x as it is, and stays on its device",
    "Which of your lines writes into x, and which makes a tensor without x's device?",
)
def expands_on_the_device(student: Student, reference: Student, draw: Draw) -> None:
    b, h, h_kv, length, d_head = _kv_sizes(draw)
    x = draw.normal(b, h_kv, length, d_head, dtype=torch.float64).requires_grad_()
    want, direction = reference.expand_kv(x, h), draw.normal(b, h, length, d_head, dtype=x.dtype)
    got = student.expand_kv(x, h)
    student.expect_inputs_unchanged("the tensor x")
    expect.tensor(got, "the expanded heads", HEADS, want.shape)
    expect_gradients(student, got, want, direction, {"x": (x, HEADS)}, HEADS)
    expect_other_device(lambda x: student.expand_kv(x, h), x.detach())
