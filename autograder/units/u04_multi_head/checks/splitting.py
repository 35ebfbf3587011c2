"""Checks of split_heads and merge_heads."""

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.student_protocol import Student
from autograder.units.shared.gradients import expect_gradients
from autograder.units.shared.inputs import large

HEADS = "B H L d_head"
MERGED = "B L width"


def _numbered(b: int, length: int, width: int) -> torch.Tensor:
    """Numbers that tell where they come from: 0, 1, 2 ..."""
    return torch.arange(b * length * width, dtype=torch.float32).reshape(b, length, width)


@check(
    "split_heads",
    "every head gets its own part of every token",
    "Take token 0. Which of its numbers belong to head 0, and where do they stand in your result?",
    weight=2,
)
def gives_each_head_its_part(student: Student, reference: Student, draw: Draw) -> None:
    b, h, length, d_head = draw.sizes("B", "H", "L", "d_head")
    x = _numbered(b, length, h * d_head)
    expect.close(student.split_heads(x, h), reference.split_heads(x, h), "the heads", HEADS)
    x = draw.normal(b, length, h * d_head, dtype=torch.float64)
    expect.close(student.split_heads(x, h), reference.split_heads(x, h), "the heads", HEADS)
    with torch.no_grad():
        for (b, length, h, d_head), told in large(draw, "B", "L", "H", "d_head"):
            x = _numbered(b, length, h * d_head)
            want = reference.split_heads(x, h)
            expect.close(student.split_heads(x, h), want, f"the heads{told}", HEADS)


@check(
    "split_heads",
    "takes one head, and as many heads as numbers",
    "How wide is a head when there is only one? And when there are as many as numbers?",
)
def splits_at_both_ends(student: Student, reference: Student, draw: Draw) -> None:
    b, length, width = draw.sizes("B", "L", "d_head")
    x = draw.normal(b, length, width)
    for h in (1, width):
        for part in (x, x[:1, :1]):
            want = reference.split_heads(part, h)
            expect.close(student.split_heads(part, h), want, "the heads", HEADS)


@check(
    "split_heads",
    "takes a tensor whose memory is in another order, and leaves it as it is",
    "`view` needs memory in order. Which call does not?",
)
def splits_transposed_memory(student: Student, reference: Student, draw: Draw) -> None:
    b, h, length, d_head = draw.sizes("B", "H", "L", "d_head")
    x = draw.normal(b, h * d_head, length).transpose(1, 2)
    expect.close(student.split_heads(x, h), reference.split_heads(x, h), "the heads", HEADS)
    student.expect_inputs_unchanged("the tensor")


@check(
    "split_heads",
    "sends the gradient of each head back to its part",
    "Does every step of yours stay inside PyTorch?",
)
def splits_the_gradient(student: Student, reference: Student, draw: Draw) -> None:
    b, h, length, d_head = draw.sizes("B", "H", "L", "d_head")
    x = draw.normal(b, length, h * d_head, dtype=torch.float64).requires_grad_()
    _compare_gradients(student, reference, draw, x, "split_heads", (b, h, length, d_head), h)


def _compare_gradients(
    student: Student,
    reference: Student,
    draw: Draw,
    x: torch.Tensor,
    name: str,
    shape: tuple[int, ...],
    *arguments: int,
) -> None:
    direction = draw.normal(*shape, dtype=torch.float64)
    axes, axes_of_x = (HEADS, MERGED) if len(shape) == 4 else (MERGED, HEADS)
    want = getattr(reference, name)(x, *arguments)
    output = expect.tensor(getattr(student, name)(x, *arguments), "the result", axes, shape)
    expect_gradients(student, output, want, direction, {"x": (x, axes_of_x)}, axes)


@check(
    "merge_heads",
    "puts the heads of each token side by side, head 0 first",
    "Where does the first number of head 1 belong in the vector of its token?",
    weight=2,
)
def puts_heads_side_by_side(student: Student, reference: Student, draw: Draw) -> None:
    b, h, length, d_head = draw.sizes("B", "H", "L", "d_head")
    x = _numbered(b * h, length, d_head).reshape(b, h, length, d_head)
    expect.close(student.merge_heads(x), reference.merge_heads(x), "the result", MERGED)
    x = draw.normal(b, h, length, d_head, dtype=torch.float64)
    for part in (x, x[:1, :1, :1], x[:, :1]):
        expect.close(student.merge_heads(part), reference.merge_heads(part), "the result", MERGED)
    with torch.no_grad():
        for (b, length, h, d_head), told in large(draw, "B", "L", "H", "d_head"):
            x = _numbered(b * h, length, d_head).reshape(b, h, length, d_head)
            want = reference.merge_heads(x)
            expect.close(student.merge_heads(x), want, f"the result{told}", MERGED)


@check(
    "merge_heads",
    "takes heads whose memory is in another order, and leaves them as they are",
    "`view` needs memory in order. Which call does not?",
)
def merges_transposed_memory(student: Student, reference: Student, draw: Draw) -> None:
    b, h, length, d_head = draw.sizes("B", "H", "L", "d_head")
    for x in (
        draw.normal(b, length, h, d_head).transpose(1, 2),
        draw.normal(b, h, d_head, length).transpose(2, 3),
    ):
        expect.close(student.merge_heads(x), reference.merge_heads(x), "the result", MERGED)
        student.expect_inputs_unchanged("the tensor")


@check(
    "merge_heads",
    "sends the gradient of each part back to its head",
    "Does every step of yours stay inside PyTorch?",
)
def merges_the_gradient(student: Student, reference: Student, draw: Draw) -> None:
    b, h, length, d_head = draw.sizes("B", "H", "L", "d_head")
    x = draw.normal(b, h, length, d_head, dtype=torch.float64).requires_grad_()
    _compare_gradients(student, reference, draw, x, "merge_heads", (b, length, h * d_head))
