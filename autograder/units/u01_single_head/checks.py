"""Checks of unit 01: softmax, scaled scores, attention, a single head."""

from typing import Any

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.expect_modules import (
    expect_names,
    expect_parameter_gradients,
    projection_shapes,
    twins,
)
from autograder.grading.student_protocol import Student
from autograder.units.shared.gradients import expect_gradients
from autograder.units.shared.inputs import as_split, compare_large, large, many

SCORES = "B L_q L_k"
OUTPUT = "B L_q d_model"
DTYPES = (torch.float32, torch.float64)
_RETURNS = "attention should return two tensors: (output, weights)."


@check(
    "softmax", "equals the softmax along the last axis", "What do the weights of one row add up to?"
)
def equals_the_reference(student: Student, reference: Student, draw: Draw) -> None:
    for dtype in DTYPES:
        scores = draw.normal(*draw.sizes("B", "L_q", "L_k"), std=2.0, dtype=dtype)
        want = reference.softmax(scores.double())
        expect.close(student.softmax(scores), want, "the weights", SCORES, dtype=dtype)
    with torch.no_grad():
        for sizes, told in large(draw, "B", "L_q", "L_k"):
            scores = draw.normal(*sizes, std=2.0, dtype=torch.float64)
            want = reference.softmax(scores)
            expect.close(student.softmax(scores), want, f"the weights{told}", SCORES)


@check("softmax", "obeys dim, on every axis", "Which axis should the sums run along?")
def obeys_dim(student: Student, reference: Student, draw: Draw) -> None:
    scores = draw.normal(*draw.sizes("B", "L_q", "L_k"), std=2.0)
    for dim in (0, 1, 2, -2, -1):
        _compare_softmax(student, reference, scores, SCORES, dim)
    for axes in ("B H L_q L_k", "L_k"):
        scores = draw.normal(*draw.sizes(*axes.split()), std=2.0)
        for dim in (-1, 0):
            _compare_softmax(student, reference, scores, axes, dim)
    scores = draw.normal(2, *draw.sizes("B", "H", "L_q", "L_k"), std=2.0)
    _compare_softmax(student, reference, scores, "N B H L_q L_k", -1)


def _compare_softmax(
    student: Student, reference: Student, scores: torch.Tensor, axes: str, dim: int
) -> None:
    want = reference.softmax(scores, dim=dim)
    expect.close(student.softmax(scores, dim=dim), want, f"the weights for dim={dim}", axes)


@check(
    "softmax",
    "is right, and leaves the scores as they are",
    "Which line of yours writes into its argument?",
)
def leaves_its_argument(student: Student, reference: Student, draw: Draw) -> None:
    scores = draw.normal(*draw.sizes("B", "L_q", "L_k"), std=2.0)
    want = reference.softmax(scores)
    expect.close(student.softmax(scores), want, "the weights", SCORES)
    student.expect_inputs_unchanged("the tensor of scores")


@check("softmax", "stays finite for scores of ±10 000", "What is exp(10 000) in float32?")
def survives_large_scores(student: Student, reference: Student, draw: Draw) -> None:
    b, l_q, l_k = draw.sizes("B", "L_q", "L_k")
    scores = draw.normal(b, l_q, l_k, std=2.0)
    scores[0, 0] += 1e4
    scores[0, 1] -= 1e4
    scores[0, 0, 0] = -1e4
    got = expect.tensor(student.softmax(scores), "the weights", SCORES, scores.shape)
    expect.finite(got, "the weights", SCORES)
    # exp(s - logsumexp(s)) rounds to the spacing of float32 at 1e4, and is not wrong for that.
    expect.close(got, reference.softmax(scores), "the weights", SCORES, tolerance=2e-3)
    scores = scores.double().requires_grad_()
    want, direction = reference.softmax(scores), draw.normal(b, l_q, l_k, dtype=torch.float64)
    got = expect.tensor(student.softmax(scores), "the weights", SCORES, scores.shape)
    expect_gradients(student, got, want, direction, {"the scores": (scores, SCORES)}, SCORES)


@check("softmax", "works in float16 and bfloat16", "Which numbers does float16 not have?")
def works_in_half_precision(student: Student, reference: Student, draw: Draw) -> None:
    for dtype in (torch.float16, torch.bfloat16):
        scores = draw.normal(*draw.sizes("B", "L_q", "L_k"), std=2.0, dtype=dtype)
        want = reference.softmax(scores.double())
        got = student.softmax(scores)
        expect.close(got, want, "the weights", SCORES, tolerance=4e-2, dtype=dtype)
        got = student.softmax(scores + 30)
        expect.finite(got, "the weights", SCORES)


@check("scaled_scores", "equals the scaled dot products", "Follow one query and one key by hand.")
def equals_the_reference_scores(student: Student, reference: Student, draw: Draw) -> None:
    for dtype in DTYPES:
        b, l_q, l_k, d_head = draw.sizes("B", "L_q", "L_k", "d_head")
        q, k = draw.queries_and_keys(b, l_q=l_q, l_k=l_k, d_head=d_head, dtype=dtype)
        want = reference.scaled_scores(q, k)
        expect.close(student.scaled_scores(q, k), want, "the scores", SCORES)
    with torch.no_grad():
        for (b, l_q, l_k, d_head), told in large(draw, "B", "L_q", "L_k", "d_head"):
            q, k = draw.queries_and_keys(b, l_q=l_q, l_k=l_k, d_head=d_head)
            want = reference.scaled_scores(q, k)
            expect.close(student.scaled_scores(q, k), want, f"the scores{told}", SCORES)


@check(
    "scaled_scores",
    "takes any number of leading axes",
    "Which axes does your transpose swap when there are four of them?",
)
def takes_leading_axes(student: Student, reference: Student, draw: Draw) -> None:
    b, h, l_q, l_k, d_head = draw.sizes("B", "H", "L_q", "L_k", "d_head")
    for leading, axes in (
        ((), "L_q L_k"),
        ((2, b, h), "N B H L_q L_k"),
        ((b, h), "B H L_q L_k"),
    ):
        q, k = draw.queries_and_keys(*leading, l_q=l_q, l_k=l_k, d_head=d_head)
        q, k = (as_split(q), as_split(k)) if leading else (q, k)
        want = reference.scaled_scores(q, k)
        expect.close(student.scaled_scores(q, k), want, "the scores", axes)
    one = q[:1, :1, :1]
    want = reference.scaled_scores(one, k[:1, :1])
    expect.close(student.scaled_scores(one, k[:1, :1]), want, "the scores of one query", axes)


@check(
    "scaled_scores",
    "leaves queries and keys as they are, and sends the right gradients back",
    "Which line writes into an argument? Does every step stay inside PyTorch?",
)
def leaves_queries_and_keys(student: Student, reference: Student, draw: Draw) -> None:
    b, l_q, l_k, d_head = draw.sizes("B", "L_q", "L_k", "d_head")
    q, k = draw.queries_and_keys(b, l_q=l_q, l_k=l_k, d_head=d_head, dtype=torch.float64)
    inputs = {"q": (q.requires_grad_(), "B L_q d_head"), "k": (k.requires_grad_(), "B L_k d_head")}
    want, direction = reference.scaled_scores(q, k), draw.normal(b, l_q, l_k, dtype=q.dtype)
    got = student.scaled_scores(q, k)
    student.expect_inputs_unchanged("the tensor of queries", "the tensor of keys")
    expect.tensor(got, "the scores", SCORES, want.shape)
    expect_gradients(student, got, want, direction, inputs, SCORES)


def _pair(got: Any) -> tuple[Any, Any]:
    output, weights = expect.pair(got, _RETURNS)
    return output, weights


def _qkv(
    draw: Draw,
    b: int,
    l_q: int,
    l_k: int,
    d_head: int,
    *heads: int,
    dtype: torch.dtype = torch.float32,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    q, k = draw.queries_and_keys(b, *heads, l_q=l_q, l_k=l_k, d_head=d_head, dtype=dtype)
    return q, k, draw.normal(b, *heads, l_k, d_head, dtype=dtype)


def _compare(
    student: Student,
    reference: Student,
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    leading: str = "B",
    tolerance: float | None = None,
    told: str = "",
) -> None:
    output, weights = _pair(student.attention(q, k, v))
    want_output, want_weights = reference.attention(q, k, v)
    expect.in_order((output, weights), (want_output, want_weights), _RETURNS)
    expect.close(weights, want_weights, f"the weights{told}", f"{leading} L_q L_k", tolerance)
    expect.close(output, want_output, f"the output{told}", f"{leading} L_q d_v", tolerance)


@check(
    "attention",
    "equals the reference on cross-attention",
    "Compute the weights of the first query by hand. Are they these?",
    weight=2,
)
def equals_the_reference_attention(student: Student, reference: Student, draw: Draw) -> None:
    for dtype in DTYPES:
        b, l_q, l_k, d_head = draw.sizes("B", "L_q", "L_k", "d_head")
        _compare(student, reference, *_qkv(draw, b, l_q, l_k, d_head, dtype=dtype))
    with torch.no_grad():
        for (b, l_q, d_v, l_k, d_head), told in large(draw, "B", "L_q d_v", "L_k", "d_head"):
            q, k, _ = _qkv(draw, b, l_q, l_k, d_head)
            _compare(student, reference, q, k, draw.normal(b, l_k, d_v), told=told)


@check(
    "attention",
    "delivers the values in the shares of the weights",
    "What should the output be if one weight is 1 and all others are 0?",
)
def delivers_the_values(student: Student, reference: Student, draw: Draw) -> None:
    b, l_q, l_k, d_head = draw.sizes("B", "L_q", "L_k", "d_head")
    q, k, v = _qkv(draw, b, l_q, l_k, d_head)
    output, _ = _pair(student.attention(q, k, v))
    want, _ = reference.attention(q, k, v)
    expect.close(output, want, "the output", "B L_q d_v")


@check(
    "attention",
    "takes values of another width than the keys",
    "Which tensor decides the width of the output?",
)
def takes_wider_values(student: Student, reference: Student, draw: Draw) -> None:
    b, l_q, l_k, d_head, d_v = draw.sizes("B", "L_q", "L_k", "d_head", "d_v")
    q, k, _ = _qkv(draw, b, l_q, l_k, d_head)
    _compare(student, reference, q, k, draw.normal(b, l_k, d_v))


@check(
    "attention",
    "takes an axis of heads, or no axis in front",
    "Which axis holds the keys when there are four axes?",
)
def takes_heads(student: Student, reference: Student, draw: Draw) -> None:
    b, h, l_q, l_k, d_head = draw.sizes("B", "H", "L_q", "L_k", "d_head")
    q, k, v = (as_split(tensor) for tensor in _qkv(draw, b, l_q, l_k, d_head, h))
    _compare(student, reference, q, k, v, leading="B H")
    _compare(student, reference, q[:1, :1, :1], k[:1, :1], v[:1, :1], leading="B H")
    _compare(student, reference, q[None], k[None], v[None], leading="N B H")
    _compare(student, reference, q[0, 0], k[0, 0], v[0, 0], leading="")


@check(
    "attention",
    "survives large scores and leaves its arguments as they are",
    "Does your softmax subtract the maximum? Does a line write into q, k or v?",
)
def survives_large_scores_in_attention(student: Student, reference: Student, draw: Draw) -> None:
    sizes = draw.sizes("B", "L_q", "L_k", "d_head")
    q, k, v = _qkv(draw, *sizes, dtype=torch.float64)
    # In float64, where the rounding of large scores cannot decide a near-tie; a softmax in float32
    # rounds them to its spacing at 1e4.
    _compare(student, reference, q * 1000, k, v, tolerance=2e-3)
    student.expect_inputs_unchanged("the tensor q", "the tensor k", "the tensor v")


@check(
    "attention",
    "sends the right gradients back",
    "Does every step of yours stay inside PyTorch, without detach or item?",
)
def has_the_right_gradients(student: Student, reference: Student, draw: Draw) -> None:
    b, l_q, l_k, d_head = draw.sizes("B", "L_q", "L_k", "d_head")
    direction = draw.normal(b, l_q, d_head, dtype=torch.float64)
    q, k, v = _qkv(draw, b, l_q, l_k, d_head, dtype=torch.float64)
    large_q, large_k = q.clone(), k.clone()  # every score is larger by 1000
    large_q[..., 0], large_k[..., 0] = 1000 * d_head**0.5, 1.0
    for given in ((q, k, v), (large_q, large_k, v.clone())):
        q, k, v = (each.requires_grad_() for each in given)
        inputs = {"q": (q, "B L_q d_head"), "k": (k, "B L_k d_head"), "v": (v, "B L_k d_v")}
        want, _ = reference.attention(q, k, v)
        output, _ = _pair(student.attention(q, k, v))
        expect.tensor(output, "the output", "B L_q d_v", direction.shape)
        expect_gradients(student, output, want, direction, inputs, "B L_q d_v")


def _heads(
    student: Student,
    reference: Student,
    draw: Draw,
    d_model: int,
    d_head: int,
    bias: bool,
    dtype: torch.dtype = torch.float32,
) -> tuple[Any, Any]:
    """The learner's head and the reference's, with the same weights."""
    state = draw.state(projection_shapes(d_model, d_head, bias), dtype)
    return twins(
        student, reference, lambda of: of.SingleHeadAttention(d_model, d_head, bias=bias), state
    )


@check(
    "SingleHeadAttention",
    "has the four projections, with and without bias",
    "Which layers does the task name, and what does bias decide?",
)
def has_the_projections(student: Student, reference: Student, draw: Draw) -> None:
    d_model, d_head = draw.sizes("d_model", "d_head")
    for bias in (True, False):
        head = student.SingleHeadAttention(d_model, d_head, bias=bias)
        expect_names(head, projection_shapes(d_model, d_head, bias))
    head = student.SingleHeadAttention(d_model, d_head)
    expect_names(head, projection_shapes(d_model, d_head, False))


@check(
    "SingleHeadAttention",
    "self-attention equals the reference",
    "Which width does the scale belong to?",
    weight=2,
)
def self_attention(student: Student, reference: Student, draw: Draw) -> None:
    b, length, d_model, d_head = draw.sizes("B", "L", "d_model", "d_head")
    wide = many(draw, d_model, 75), many(draw, d_head, 33)
    heads = _heads(student, reference, draw, *wide, False, torch.float64)
    x = draw.normal(2, many(draw, length, 65), wide[0], dtype=torch.float64)
    compare_large(
        draw, lambda head: head(x), heads, OUTPUT, L=x.shape[1], d_model=wide[0], d_head=wide[1]
    )
    heads = _heads(student, reference, draw, d_model, d_head, True)
    x = draw.normal(b, length, d_model)
    expect.close(heads[0](x), heads[1](x), "the output", OUTPUT)
    x = draw.normal(many(draw, b, 65), 2, d_model)
    compare_large(draw, lambda head: head(x), heads, OUTPUT, B=len(x))


@check(
    "SingleHeadAttention",
    "cross-attention takes keys and values from the context",
    "Who asks, and who is asked?",
    weight=1.5,
)
def cross_attention(student: Student, reference: Student, draw: Draw) -> None:
    b, l_q, l_k, d_model, d_head = draw.sizes("B", "L_q", "L_k", "d_model", "d_head")
    head, twin = _heads(student, reference, draw, d_model, d_head, True)
    x, context = draw.normal(b, l_q, d_model), draw.normal(b, many(draw, l_k), d_model)
    expect.close(head(x, context), twin(x, context), "the output", "B L_q d_model")
    x, context = x[:1, :1], context[:1]
    expect.close(head(x, context), twin(x, context), "the output of one query", "B L_q d_model")


@check(
    "SingleHeadAttention",
    "a context as long as x, and a head as wide as the model",
    "Which of your four projections see x, and which the context?",
)
def equal_sizes(student: Student, reference: Student, draw: Draw) -> None:
    b, length, d_model = draw.sizes("B", "L", "d_model")
    head, twin = _heads(student, reference, draw, d_model, d_model, True)
    x, context = draw.normal(b, length, d_model), draw.normal(b, length, d_model)
    expect.close(head(x, context), twin(x, context), "the output", "B L_q d_model")


@check(
    "SingleHeadAttention",
    "every projection learns",
    "Is each projection used in forward, and does nothing cut the graph?",
    weight=0.5,
)
def every_projection_learns(student: Student, reference: Student, draw: Draw) -> None:
    b, l_q, l_k, d_model, d_head = draw.sizes("B", "L_q", "L_k", "d_model", "d_head")
    heads = _heads(student, reference, draw, d_model, d_head, True, torch.float64)
    x = draw.normal(b, l_q, d_model, dtype=torch.float64)
    context = draw.normal(b, l_k, d_model, dtype=torch.float64)
    direction = draw.normal(b, l_q, d_model, dtype=torch.float64)
    inputs = {"x": (x, "B L_q d_model"), "context": (context, "B L_k d_model")}
    expect_parameter_gradients(student, reference, heads, inputs, direction)
