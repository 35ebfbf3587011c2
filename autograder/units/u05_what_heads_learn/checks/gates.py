"""Checks of ablate_heads and head_importance."""

from __future__ import annotations

from typing import Any

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.expect_modules import projection_shapes, twins
from autograder.grading.student_protocol import Student
from autograder.units.shared.gradients import expect_gradients
from autograder.units.shared.inputs import many

_OUTPUT = "B L d_model"
_DTYPES = (torch.float64, torch.float32)


def _modules(
    student: Student,
    reference: Student,
    draw: Draw,
    dtype: torch.dtype = torch.float64,
    *,
    bias: bool = True,
    num_heads: int | None = None,
) -> tuple[tuple[Any, Any], int, int]:
    """The learner's module and the reference's with the same weights; d_model and heads."""
    h, d_model, d_head = draw.sizes("H", "d_model", "d_head")
    h = num_heads or h
    state = draw.state(projection_shapes(d_model, h * d_head, bias), dtype)
    pair = twins(
        student,
        reference,
        lambda of: of.MultiHeadAttention(d_model, h, d_head, bias=bias),
        state,
    )
    return pair, d_model, h


def _gates(draw: Draw, heads: int, dtype: torch.dtype) -> torch.Tensor:
    """Gates of 0, of 1 and of neither."""
    gates = draw.normal(heads, dtype=dtype).abs() + 0.2
    gates[draw.integer(0, heads - 1)] = 0.0
    return gates


def _compare(
    student: Student,
    reference: Student,
    modules: tuple[Any, Any],
    *given: torch.Tensor,
    told: str = "",
) -> None:
    got = student.ablate_heads(modules[0], *given)
    expect.close(got, reference.ablate_heads(modules[1], *given), f"the output{told}", _OUTPUT)


@check(
    "ablate_heads",
    "gates of ones change nothing",
    "What does the module itself give for x? Which step is missing, or one too many?",
)
def ones_change_nothing(student: Student, reference: Student, draw: Draw) -> None:
    b, length = draw.sizes("B", "L")
    for dtype, bias in ((torch.float64, True), (torch.float32, False)):
        modules, d_model, heads = _modules(student, reference, draw, dtype, bias=bias)
        x = draw.normal(b, length, d_model, dtype=dtype)
        got = student.ablate_heads(modules[0], x, torch.ones(heads, dtype=dtype))
        expect.close(got, modules[1](x), "the output for gates of ones", _OUTPUT)


@check(
    "ablate_heads",
    "each gate scales what its head found, before the output projection",
    "In which step do heads stand apart? Which axis of that tensor has H entries?",
    weight=3,
)
def gates_scale_heads(student: Student, reference: Student, draw: Draw) -> None:
    b, length = draw.sizes("B", "L")
    for dtype in _DTYPES:
        modules, d_model, heads = _modules(student, reference, draw, dtype)
        x = draw.normal(b, length, d_model, dtype=dtype)
        _compare(student, reference, modules, x, _gates(draw, heads, dtype))
        _compare(student, reference, modules, x, torch.zeros(heads, dtype=dtype))
        one = torch.ones(heads, dtype=dtype)
        one[draw.integer(0, heads - 1)] = 0.0
        _compare(student, reference, modules, x, one)


@check(
    "ablate_heads",
    "as many heads as tokens, or as sentences; large sizes",
    "From which axis do gates broadcast if nobody says so?",
)
def equal_sizes(student: Student, reference: Student, draw: Draw) -> None:
    modules, d_model, heads = _modules(student, reference, draw)
    gates = _gates(draw, heads, torch.float64)
    x = draw.normal(heads, heads, d_model, dtype=torch.float64)
    _compare(student, reference, modules, x, gates)
    with torch.no_grad():
        modules, d_model, heads = _modules(
            student, reference, draw, num_heads=many(draw, heads, 20)
        )
        gates = _gates(draw, heads, torch.float64)
        for b, length in ((2, many(draw, 3)), (many(draw, 3, 65), 2)):
            x = draw.normal(b, length, d_model, dtype=torch.float64)
            _compare(student, reference, modules, x, gates, told=f" for B={b}, L={length}")


@check(
    "ablate_heads",
    "passes the mask on, and leaves its arguments as they are",
    "Where does the mask go, and what shape does it have? Does a line write into an argument?",
)
def passes_the_mask(student: Student, reference: Student, draw: Draw) -> None:
    b, length = draw.sizes("B", "L")
    modules, d_model, heads = _modules(student, reference, draw)
    gates = _gates(draw, heads, torch.float64)
    x = draw.normal(b, length, d_model, dtype=torch.float64)
    causal = torch.ones(length, length, dtype=torch.bool).tril()
    for mask in (causal, draw.mask(b, 1, length, length)):
        _compare(student, reference, modules, x, gates, mask, told=" under a mask")
        student.expect_inputs_unchanged("the tensor x", "the tensor of gates", "the mask")


@check(
    "ablate_heads",
    "gradients reach the gates and x",
    "Do you multiply by the gates themselves, or by numbers made of them?",
)
def gradients_reach_the_gates(student: Student, reference: Student, draw: Draw) -> None:
    b, length = draw.sizes("B", "L")
    modules, d_model, heads = _modules(student, reference, draw)
    gates = _gates(draw, heads, torch.float64).requires_grad_()
    x = draw.normal(b, length, d_model, dtype=torch.float64).requires_grad_()
    got = student.ablate_heads(modules[0], x, gates)
    want = reference.ablate_heads(modules[1], x, gates)
    direction = draw.normal(b, length, d_model, dtype=torch.float64)
    inputs = {"the gates": (gates, "H"), "x": (x, _OUTPUT)}
    expect_gradients(student, got, want, direction, inputs, _OUTPUT)


def _compare_importance(
    student: Student,
    reference: Student,
    modules: tuple[Any, Any],
    x: torch.Tensor,
    target: torch.Tensor,
    *mask: torch.Tensor,
    told: str = "",
) -> None:
    def distance(output: torch.Tensor) -> torch.Tensor:
        return (output - target).square().mean()

    # The loss lives where the learner's module does: no gradient flows through a call back.
    got = student.head_importance(modules[0], x, student.squared_distance(target), *mask)
    want = reference.head_importance(modules[1], x, distance, *mask)
    expect.close(got, want, f"the importance{told}", "H")
    expect.true(not got.requires_grad, "The importance still hangs on a graph.")


@check(
    "head_importance",
    "is the size of the gradient of each gate, at gates of ones",
    "Which gates does the model as it is have? What does a slope below 0 mean for importance?",
    weight=3,
)
def sizes_of_gradients(student: Student, reference: Student, draw: Draw) -> None:
    b, length = draw.sizes("B", "L")
    for dtype in _DTYPES:
        modules, d_model, _ = _modules(student, reference, draw, dtype)
        x, target = (draw.normal(b, length, d_model, dtype=dtype) for _ in range(2))
        # Seen from the other side, every slope has the other sign: one of the two shows it.
        opposite = 2 * modules[1](x).detach() - target
        for each in (target, opposite):
            _compare_importance(student, reference, modules, x, each)


@check(
    "head_importance",
    "passes the mask on, and knows every size",
    "Does the loss see the output under the mask? Is a number in your code one of the sizes?",
)
def importance_under_a_mask(student: Student, reference: Student, draw: Draw) -> None:
    b, length = draw.sizes("B", "L")
    modules, d_model, heads = _modules(student, reference, draw)
    x, target = (draw.normal(b, length, d_model, dtype=torch.float64) for _ in range(2))
    mask = draw.mask(b, 1, length, length)
    _compare_importance(student, reference, modules, x, target, mask, told=" under a mask")
    modules, d_model, _ = _modules(student, reference, draw, num_heads=many(draw, heads, 20))
    size = 2, many(draw, 3), d_model
    x, target = (draw.normal(*size, dtype=torch.float64) for _ in range(2))
    _compare_importance(student, reference, modules, x, target, told=" of many heads")


@check(
    "head_importance",
    "asks the loss it is given; comes in the dtype of x",
    "Does your code call loss, or know what it computes? Of which dtype are your gates?",
)
def asks_the_loss(student: Student, reference: Student, draw: Draw) -> None:
    b, length = draw.sizes("B", "L")
    modules, d_model, _ = _modules(student, reference, draw)
    x = draw.normal(b, length, d_model, dtype=torch.float64)
    for scale in (0.0, 5.0):
        target = scale * draw.normal(b, length, d_model, dtype=torch.float64)
        _compare_importance(student, reference, modules, x, target)


def _gradients(weights: dict[str, Any]) -> dict[str, torch.Tensor]:
    """Copies of the gradients that the weights hold, by name."""
    found = {name: weight.grad for name, weight in weights.items()}
    return {name: each.clone() for name, each in found.items() if isinstance(each, torch.Tensor)}


@check(
    "head_importance",
    "leaves x as it is, and the module, the gradients of its weights included",
    "Which function computes a gradient and stores none?",
)
def leaves_the_module(student: Student, reference: Student, draw: Draw) -> None:
    b, length = draw.sizes("B", "L")
    modules, d_model, _ = _modules(student, reference, draw)
    x, target = (draw.normal(b, length, d_model, dtype=torch.float64) for _ in range(2))
    student.made_by(student.made_by(modules[0], x).sum).backward()
    # As objects they stay where the module is: what comes from there as a tensor has no `.grad`.
    weights = {
        name: student.made_by(modules[0].get_parameter, name)
        for name in projection_shapes(1, 1, bias=True)
    }
    before = _gradients(weights)
    _compare_importance(student, reference, modules, x, target)
    student.expect_inputs_unchanged("the tensor x")
    after = _gradients(weights)
    for name, weight in weights.items():
        expect.seen(after.get(name))
        same = name in before and name in after and torch.equal(before[name], after[name])
        expect.true(same, f"{name}.grad held a gradient; the call leaves another there, or none.")
        expect.true(weight.requires_grad is True, f"{name} requires no gradient after the call.")
