"""Checks of unit 03: a loop of heads, and what heads cost."""

from typing import Any

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


_PARTS = ("model", "tensor", "shape")
_CAN_BE = {
    "A": "A can be: without biases, two shapes are all there is, and both follow from its numbers.",
    "B": "B can be: 16 heads of 256 are 4096 wide, and `o_proj` brings that back to 3072.",
    "D": "D can be: a single head as wide as the model is a head all the same.",
    "E": "E can be: 4 heads of 32 are 128 wide, and `o_proj` brings that back to 1024.",
}


def _chosen(student: Student) -> dict[str, Any]:
    """What the learner says of the five models; the letter goes on record."""
    says = expect.dictionary(student.inconsistent_model(), "There should be a dictionary.")
    for part in _PARTS:
        expect.part(part in says, f"There is no `{part}` in the dictionary.")
    expect.seen(says["model"])
    return says


@check(
    "inconsistent_model",
    "finds the one that cannot be",
    "From which width to which does each layer go? Which of the five shapes do not follow?",
)
def finds_the_model(student: Student, reference: Student, draw: Draw) -> None:
    model = _chosen(student)["model"]
    known = isinstance(model, str) and model in "ABCDE" and len(model) == 1
    expect.true(known, f"`model` should be a letter from A to E; it is {expect.told(model)}.")
    expect.true(model == reference.inconsistent_model()["model"], _CAN_BE.get(model, ""))


@check(
    "inconsistent_model",
    "says which of its tensors is wrong, and what its shape must be",
    "nn.Linear(a, b) has a weight (b, a) and a bias (b,). What are a and b here?",
    weight=3,
)
def says_what_is_wrong(student: Student, reference: Student, draw: Draw) -> None:
    says, want = _chosen(student), reference.inconsistent_model()
    expect.true(says["model"] == want["model"], "Another model is the one that cannot be.")
    tensor, shape = says["tensor"], says["shape"]
    expect.seen(tensor)
    expect.true(
        tensor == want["tensor"],
        f"The shape of {expect.told(tensor)} follows from the numbers of that model.",
    )
    expect.true(
        isinstance(shape, (tuple, list)),
        f"`shape` should be a tuple of ints; it is {expect.told(shape)}.",
    )
    sizes = [expect.plain_number(each) for each in shape]
    expect.seen(str(sizes[:4]))
    expect.true(sizes == [*want["shape"]], "The tensor is found. Its shape must be another one.")
