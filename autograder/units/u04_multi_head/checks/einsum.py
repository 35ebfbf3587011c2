"""Checks of multi_head_einsum."""

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.expect_modules import expect_other_device
from autograder.grading.student_protocol import Student
from autograder.units.shared import multi_head
from autograder.units.shared.gradients import expect_gradients
from autograder.units.shared.inputs import large, many, of_queries

_NAMES = ("x", "w_q", "w_k", "w_v", "w_o")


def _einsum_inputs(
    draw: Draw, sizes: tuple[int, int, int], b: int, length: int, dtype: torch.dtype = torch.float32
) -> list[torch.Tensor]:
    d_model, num_heads, d_head = sizes
    x = draw.normal(b, length, d_model, dtype=dtype)
    into = [
        draw.normal(num_heads, d_model, d_head, std=1.4 * d_model**-0.5, dtype=dtype)
        for _ in range(3)
    ]
    std = 1.4 * (num_heads * d_head) ** -0.5
    return [x, *into, draw.normal(num_heads, d_head, d_model, std=std, dtype=dtype)]


def _compare_einsum(
    student: Student,
    reference: Student,
    inputs: list[torch.Tensor],
    *mask: torch.Tensor,
    told: str = "",
) -> None:
    want = reference.multi_head_einsum(*inputs, *mask)
    got = student.multi_head_einsum(*inputs, *mask)
    expect.close(got, want, f"the output{told}", "B L d_model")


@check(
    "multi_head_einsum",
    "equals the reference, whatever d_head is",
    "Write the letters of every axis under its tensor. Which letters disappear, and when?",
    weight=2,
)
def equals_the_reference(student: Student, reference: Student, draw: Draw) -> None:
    for dtype in (torch.float32, torch.float64):
        sizes, (b, length) = multi_head.draw_sizes(draw, "B", "L")
        _compare_einsum(student, reference, _einsum_inputs(draw, sizes, b, length, dtype))
    sizes = (sizes[0], 1, many(draw, sizes[2], 33))
    _compare_einsum(student, reference, _einsum_inputs(draw, sizes, 1, many(draw, length)))
    with torch.no_grad():
        for (b, h, d_model), told in large(draw, "B H", "d_model"):
            inputs = _einsum_inputs(draw, (d_model, h, 3), b, 2)
            _compare_einsum(student, reference, inputs, told=told)


@check(
    "multi_head_einsum",
    "obeys masks, also one for each head",
    "Is the mask part of the call? Which axis of (B, H, L, L) does each of its axes meet?",
    weight=2,
)
def einsum_obeys_the_mask(student: Student, reference: Student, draw: Draw) -> None:
    sizes, (length,) = multi_head.draw_sizes(draw, "L")
    b = h = sizes[1]
    inputs = _einsum_inputs(draw, sizes, b, length)
    for mask in (
        draw.mask(length, length),
        draw.mask(length),
        draw.mask(b, 1, 1, length),
        draw.mask(h, length, length),
        draw.mask(b, h, length, length),
    ):
        _compare_einsum(student, reference, inputs, mask)


@check(
    "multi_head_einsum",
    "is right, and leaves its arguments as they are",
    "Which of your lines writes into x, a weight or the mask?",
)
def einsum_leaves_its_arguments(student: Student, reference: Student, draw: Draw) -> None:
    sizes, (b, length) = multi_head.draw_sizes(draw, "B", "L")
    mask = draw.mask(length, length)
    mask[0] = False
    _compare_einsum(student, reference, _einsum_inputs(draw, sizes, b, length), mask)
    student.expect_inputs_unchanged(*(f"the tensor {name}" for name in _NAMES), "the mask")


@check(
    "multi_head_einsum",
    "a query with nothing to attend to gets zeros; the gradients are right and never NaN",
    "Does every step of yours stay inside PyTorch? Where could 0 / 0 arise?",
)
def einsum_gradients(student: Student, reference: Student, draw: Draw) -> None:
    sizes, (b, length) = multi_head.draw_sizes(draw, "B", "L")
    given = [
        tensor.requires_grad_() for tensor in _einsum_inputs(draw, sizes, b, length, torch.float64)
    ]
    mask = draw.mask(b, 1, length, length)
    mask[:, :, 0] = False
    _compare_einsum(student, reference, given, of_queries(draw, b, length))
    want = reference.multi_head_einsum(*given, mask)
    direction = draw.normal(*want.shape, dtype=torch.float64)
    output = student.multi_head_einsum(*given, mask)
    expect.close(output, want, "the output", "B L d_model")
    axes = ("B L d_model", *["H d_model d_head"] * 3, "H d_head d_model")
    inputs = dict(zip(_NAMES, zip(given, axes, strict=True), strict=True))
    expect_gradients(student, output, want, direction, inputs, axes[0])


@check(
    "multi_head_einsum",
    "is right, and keeps the dtype and the device of its input",
    "Which of your tensors are made without the dtype or the device of the input?",
)
def einsum_keeps_dtype_and_device(student: Student, reference: Student, draw: Draw) -> None:
    sizes, (b, length) = multi_head.draw_sizes(draw, "B", "L")
    for dtype, tolerance in ((torch.float64, None), (torch.bfloat16, 0.1)):
        inputs = _einsum_inputs(draw, sizes, b, length, dtype)
        want = reference.multi_head_einsum(*inputs)
        got = student.multi_head_einsum(*inputs)
        expect.close(got, want, "the output", "B L d_model", tolerance)
    expect_other_device(student.multi_head_einsum, *inputs)
    expect_other_device(student.multi_head_einsum, *inputs, draw.mask(length, length))
