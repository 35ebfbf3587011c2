"""Checks of MultiHeadAttention."""

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.expect_modules import projection_shapes
from autograder.grading.student_protocol import Student
from autograder.units.shared import multi_head


def _shapes(d_model: int, num_heads: int, d_head: int, bias: bool) -> dict[str, tuple[int, ...]]:
    return projection_shapes(d_model, num_heads * d_head, bias)


def _permuted(
    state: dict[str, torch.Tensor], order: list[int], d_head: int
) -> dict[str, torch.Tensor]:
    permuted = {}
    for name, value in state.items():
        axis = 1 if name == "o_proj.weight" else 0
        pieces = value.split(d_head, axis) if name != "o_proj.bias" else [value]
        permuted[name] = torch.cat([pieces[i] for i in order], axis) if len(pieces) > 1 else value
    return permuted


FUSED = multi_head.Layout("MultiHeadAttention", _shapes, _permuted)
multi_head.register(FUSED)
_PAIR = "return_weights=True should give two tensors: (output, weights)."


@check(
    "MultiHeadAttention",
    "returns the weights of every head, if asked to",
    "What shape have the weights of all heads? What comes back when nobody asks for them?",
    weight=2,
)
def returns_the_weights_of_every_head(student: Student, reference: Student, draw: Draw) -> None:
    sizes, (b, l_q, l_k) = multi_head.draw_sizes(draw, "B", "L_q", "L_k")
    module, twin = FUSED.twins(student, reference, draw, sizes)
    x, context = draw.normal(b, l_q, sizes[0]), draw.normal(b, l_k, sizes[0])
    mask = draw.mask(b, sizes[1], l_q, l_k)
    got = module(x, context, mask=mask, return_weights=True)
    expect.pair(got, _PAIR, "weights_not_returned" if isinstance(got, torch.Tensor) else None)
    output, weights = twin(x, context, mask=mask, return_weights=True)
    expect.in_order(got, (output, weights), _PAIR)
    expect.close(got[1], weights, "the weights", "B H L_q L_k")
    expect.close(got[0], output, "the output", multi_head.OUTPUT)
    plain = module(x, context, mask=mask)
    expect.true(
        isinstance(plain, torch.Tensor),
        "Without return_weights there should be one tensor: the output.",
        "always_returns_weights" if isinstance(plain, (tuple, list)) else None,
    )
    expect.close(plain, output, "the output", multi_head.OUTPUT)
    one_head, twin = FUSED.twins(student, reference, draw, (sizes[0], 1, sizes[2]))
    got = one_head(x, context, return_weights=True)
    output, weights = twin(x, context, return_weights=True)
    expect.pair(
        got, "return_weights=True should give two tensors for a single head too: (output, weights)."
    )
    expect.close(got[1], weights, "the weights of a single head", "B H L_q L_k")
    expect.close(got[0], output, "the output", multi_head.OUTPUT)
