"""What checks demand of gradients: finite, and those of the reference."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from autograder.grading import expect
from autograder.grading.student_protocol import Student


def expect_gradients(
    student: Student,
    got: torch.Tensor,
    want: torch.Tensor,
    direction: torch.Tensor,
    inputs: Mapping[str, tuple[torch.Tensor, str]],
    axes: str,
    misconception: str | None = None,
) -> None:
    """Demand the gradients of ``(want * direction).sum()`` to each input, and the values ``want``.

    Args:
        student: whose result ``got`` is.
        got, want: the results of the student and of the reference.
        direction: of their shape.
        inputs: by name, tensors that require a gradient, and their axes.
        axes: those of the result.
        misconception: its name, where a gradient is not finite.
    """
    tensors = [tensor for tensor, _ in inputs.values()]
    wanted = torch.autograd.grad(want, tensors, direction)
    found = student.gradients(got, tensors, direction)
    for (name, (_, its_axes)), gradient, right in zip(inputs.items(), found, wanted, strict=True):
        expect.gradient(gradient, right, name, its_axes, misconception)
    expect.close(got, want, "the result for inputs that require a gradient", axes)
