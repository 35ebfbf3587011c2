"""Checks of unit 03: a loop of heads, and what heads cost."""

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.student_protocol import Student
from autograder.units.shared import multi_head


def _permuted(
    state: dict[str, torch.Tensor], order: list[int], d_head: int
) -> dict[str, torch.Tensor]:
    permuted = {}
    for name, value in state.items():
        parts = name.split(".")
        if parts[0] == "heads":
            permuted[".".join(["heads", str(order.index(int(parts[1]))), *parts[2:]])] = value
        else:
            permuted[name] = value
    blocks = state["o_proj.weight"].unflatten(1, (len(order), d_head))
    permuted["o_proj.weight"] = blocks[:, order].flatten(1)
    return permuted


multi_head.register(multi_head.Layout("MultiHeadLoop", multi_head.loop_shapes, _permuted, 15))


def _count(student: Student, reference: Student, *sizes: int, **options: bool) -> None:
    arguments = [*map(str, sizes), *(f"{name}={value}" for name, value in options.items())]
    expect.integer(
        student.parameter_count(*sizes, **options),
        reference.parameter_count(*sizes, **options),
        f"parameter_count({', '.join(arguments)})",
    )


@check(
    "parameter_count",
    "counts weights and biases, whatever d_head is",
    "How many matrices are there, of which shape? How long is the bias of each layer?",
    weight=2,
)
def counts_weights_and_biases(student: Student, reference: Student, draw: Draw) -> None:
    sizes, _ = multi_head.draw_sizes(draw)
    _count(student, reference, *sizes)
    _count(student, reference, *sizes, bias=True)
    _count(student, reference, 1_000_000_007, 1021, 8191)  # more than a float holds, in 64 bits


@check(
    "parameter_count",
    "counts no biases where there are none",
    "What does bias decide? And how many weights are there without any bias?",
)
def counts_no_biases(student: Student, reference: Student, draw: Draw) -> None:
    sizes, _ = multi_head.draw_sizes(draw)
    _count(student, reference, *sizes, bias=False)


@check(
    "parameter_count",
    "counts what real models have",
    "How wide are all heads together? In Gemma-7B, 16 x 256 on 3072, that is not d_model.",
)
def counts_real_models(student: Student, reference: Student, draw: Draw) -> None:
    for sizes in ((512, 8, 64), (3072, 16, 256)):
        _count(student, reference, *sizes)
        _count(student, reference, *sizes, bias=False)
