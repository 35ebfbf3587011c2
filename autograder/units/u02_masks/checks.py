"""Checks of unit 02: causal and padding masks, and an attention that obeys them."""

import math
from typing import Any

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.expect_modules import expect_other_device
from autograder.grading.student_protocol import Student
from autograder.units.shared.gradients import expect_gradients
from autograder.units.shared.inputs import as_split, at_sizes, large, many, of_queries

SCORES = "B L_q L_k"
_RETURNS = "masked_attention should return two tensors: (output, weights)."
HALF = (torch.float16, torch.bfloat16)


def _mask(got: Any, want: torch.Tensor, axes: str, told: str = "") -> None:
    expect.tensor(got, f"the mask{told}", axes, want.shape)
    expect.true(
        got.dtype == torch.bool,
        f"The mask should be boolean, True = may attend; its dtype is {got.dtype}.",
        "float_mask" if got.dtype.is_floating_point else None,
    )
    expect.close(got, want, f"the mask{told}", axes)


@check("causal_mask", "with as many keys as queries", "Which keys may the first query see?")
def square_mask(student: Student, reference: Student, draw: Draw) -> None:
    (length,) = draw.sizes("L")
    want = reference.causal_mask(length)
    _mask(student.causal_mask(length), want, "L_q L_k")
    _mask(student.causal_mask(length, length), want, "L_q L_k")
    length = many(draw, length)
    _large_causal(student, reference, draw, length, length)


def _large_causal(student: Student, reference: Student, draw: Draw, q_len: int, k_len: int) -> None:
    with torch.no_grad():
        got, want = (of.causal_mask(q_len, k_len) for of in (student, reference))
    _mask(got, want, "L_q L_k", at_sizes(draw, L_q=q_len, L_k=k_len))


@check(
    "causal_mask",
    "with more keys than queries, the last query sees the last key",
    "A new token arrives after a long past. Which of the keys are already there?",
    weight=2,
)
def more_keys_than_queries(student: Student, reference: Student, draw: Draw) -> None:
    q_len, past = draw.sizes("L_q", "L_k")
    want = reference.causal_mask(q_len, q_len + past)
    _mask(student.causal_mask(q_len, q_len + past), want, "L_q L_k")
    want = reference.causal_mask(1, past)
    _mask(student.causal_mask(1, past), want, "L_q L_k")
    _large_causal(student, reference, draw, q_len, q_len + many(draw, past))


@check(
    "causal_mask",
    "with fewer keys than queries, the first queries see nothing",
    "If the last query sees the last key, where does the first query stand?",
)
def fewer_keys_than_queries(student: Student, reference: Student, draw: Draw) -> None:
    q_len, fewer = draw.sizes("L_k", "L_q")
    want = reference.causal_mask(q_len + fewer, q_len)
    _mask(student.causal_mask(q_len + fewer, q_len), want, "L_q L_k")
    _large_causal(student, reference, draw, q_len + many(draw, fewer), q_len)


@check(
    "padding_mask",
    "keys before the length are real, keys after it are not",
    "A sequence of length 3: is position 3 real, when you count from 0?",
    weight=2,
)
def marks_the_real_tokens(student: Student, reference: Student, draw: Draw) -> None:
    b, k_len = draw.sizes("B", "L_k")
    lengths = draw.lengths(b, k_len)
    want = reference.padding_mask(lengths, k_len)
    _mask(student.padding_mask(lengths, k_len), want, "B 1 L_k")
    with torch.no_grad():
        for (b, k_len), told in large(draw, "B", "L_k"):
            lengths = draw.lengths(b, k_len)
            want = reference.padding_mask(lengths, k_len)
            _mask(student.padding_mask(lengths, k_len), want, "B 1 L_k", told)


@check(
    "padding_mask",
    "an empty sequence and a full one",
    "How many keys are real in a sequence of length 0, and of length k_len?",
)
def empty_and_full(student: Student, reference: Student, draw: Draw) -> None:
    (k_len,) = draw.sizes("L_k")
    lengths = torch.tensor([k_len, 0, 1, k_len - 1])
    _mask(student.padding_mask(lengths, k_len), reference.padding_mask(lengths, k_len), "B 1 L_k")


@check(
    "padding_mask",
    "leaves room for the queries, and its argument as it was",
    "What does (B, L_k) mean to scores of the shape (B, L_q, L_k) when B equals L_q?",
)
def broadcasts_over_queries(student: Student, reference: Student, draw: Draw) -> None:
    (k_len,) = draw.sizes("L_k")
    lengths = draw.lengths(k_len - 1, k_len)
    want = reference.padding_mask(lengths, k_len)
    got = student.padding_mask(lengths, k_len)
    _mask(got, want, "B 1 L_k")
    student.expect_inputs_unchanged("the tensor of lengths")


@check(
    "padding_mask",
    "the mask is right, and on the device of the lengths",
    "The lengths are on a GPU. Where are the positions that you compare them with?",
)
def padding_on_the_device(student: Student, reference: Student, draw: Draw) -> None:
    (k_len,) = draw.sizes("L_k")
    lengths = torch.arange(k_len + 1)
    _mask(student.padding_mask(lengths, k_len), reference.padding_mask(lengths, k_len), "B 1 L_k")
    expect_other_device(lambda there: student.padding_mask(there, k_len), lengths)


def _inputs(
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


def _answer(student: Student, *arguments: torch.Tensor) -> tuple[Any, Any]:
    got = student.masked_attention(*arguments)
    output, weights = expect.pair(got, _RETURNS)
    return output, weights


def _compare(
    student: Student,
    reference: Student,
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    *mask: torch.Tensor,
    leading: str = "B",
    told: str = "",
) -> None:
    output, weights = _answer(student, q, k, v, *mask)
    want_output, want_weights = reference.masked_attention(
        q.double(), k.double(), v.double(), *mask
    )
    expect.in_order((output, weights), (want_output, want_weights), _RETURNS)
    axes = f"{leading} L_q L_k"
    expect.close(weights, want_weights, f"the weights{told}", axes, dtype=q.dtype)
    expect.close(output, want_output, f"the output{told}", f"{leading} L_q d_v", dtype=q.dtype)


@check(
    "masked_attention",
    "without a mask it is plain attention",
    "Set the mask aside: are scale, softmax axis and values as in unit 01?",
)
def plain_attention(student: Student, reference: Student, draw: Draw) -> None:
    for dtype in (torch.float32, torch.float64):
        b, l_q, l_k, d_head, d_v = draw.sizes("B", "L_q", "L_k", "d_head", "d_v")
        _compare(student, reference, *_inputs(draw, b, l_q, l_k, d_head, dtype=dtype))
        q, k, _ = _inputs(draw, b, l_q, l_k, d_head, dtype=dtype)
        _compare(student, reference, q, k, draw.normal(b, l_k, d_v, dtype=dtype))


@check(
    "masked_attention",
    "a forbidden key gets no weight, the others add up to 1",
    "Which score makes exp(score) exactly 0? Is the mask applied before or after the softmax?",
    weight=2,
)
def obeys_the_mask(student: Student, reference: Student, draw: Draw) -> None:
    for dtype in (torch.float32, torch.float64):
        b, l_q, l_k, d_head = draw.sizes("B", "L_q", "L_k", "d_head")
        mask = draw.mask(b, l_q, l_k)
        _compare(student, reference, *_inputs(draw, b, l_q, l_k, d_head, dtype=dtype), mask)
    with torch.no_grad():
        for (b, l_q, d_v, l_k, d_head), told in large(draw, "B", "L_q d_v", "L_k", "d_head"):
            q, k, _ = _inputs(draw, b, l_q, l_k, d_head)
            mask, v = draw.mask(b, l_q, l_k), draw.normal(b, l_k, d_v)
            _compare(student, reference, q, k, v, mask, told=told)


@check(
    "masked_attention",
    "a causal mask in self-attention: the future never changes the past",
    "Which axis of the scores belongs to the keys?",
)
def future_never_changes_the_past(student: Student, reference: Student, draw: Draw) -> None:
    b, length, d_head = draw.sizes("B", "L", "d_head")
    q, k, v = _inputs(draw, b, length, length, d_head)
    mask = reference.causal_mask(length)
    _compare(student, reference, q, k, v, mask)
    before, _ = _answer(student, q, k, v, mask)
    k[:, -1] += 3.0
    v[:, -1] -= 3.0
    after, _ = _answer(student, q, k, v, mask)
    expect.close(after[:, :-1], before[:, :-1], "the output of the past", "B L_q d_v")


@check(
    "masked_attention",
    "a padding mask (B, 1, L_k) hides keys",
    "Do you change the shape of the mask? Broadcasting lines axes up from the right.",
)
def hides_the_padding(student: Student, reference: Student, draw: Draw) -> None:
    b, length, d_head = draw.sizes("B", "L", "d_head")
    mask = reference.padding_mask(draw.lengths(b, length), length)
    _compare(student, reference, *_inputs(draw, b, length, length, d_head), mask)


@check(
    "masked_attention",
    "a padding mask hides keys, also when there are as many queries as sequences",
    "With B = L_q, a mask without its middle axis fits as well. Onto which axes?",
)
def keeps_the_axes_of_the_mask(student: Student, reference: Student, draw: Draw) -> None:
    b, l_k, d_head = draw.sizes("L_q", "L_k", "d_head")
    mask = reference.padding_mask(draw.lengths(b, l_k), l_k)
    _compare(student, reference, *_inputs(draw, b, b, l_k, d_head), mask)


@check(
    "masked_attention",
    "masks broadcast over an axis of heads, and over every other axis",
    "Does the same mask hold for every head when it has an axis of size 1 there?",
)
def broadcasts_over_heads(student: Student, reference: Student, draw: Draw) -> None:
    b, h, l_q, l_k, d_head = draw.sizes("B", "H", "L_q", "L_k", "d_head")
    q, k, v = (as_split(tensor) for tensor in _inputs(draw, b, l_q, l_k, d_head, h))
    for mask in (draw.mask(b, 1, l_q, l_k), draw.mask(l_k)):
        _compare(student, reference, q, k, v, mask, leading="B H")
    mask = draw.mask(1, l_k)
    _compare(student, reference, q[:1, :1, :1], k[:1, :1], v[:1, :1], mask, leading="B H")
    _compare(student, reference, q[None], k[None], v[None], leading="N B H")
    _compare(student, reference, q[0, 0], k[0, 0], v[0, 0], mask, leading="")


def _mask_with_empty_rows(draw: Draw, b: int, l_q: int, l_k: int) -> torch.Tensor:
    mask = draw.mask(b, l_q, l_k)
    mask[:, 0] = False
    mask[-1, -1] = False
    return mask


@check(
    "masked_attention",
    "a row with no key to attend to is zeros",
    "What does softmax make of a row in which every score is the same constant, or -inf?",
    weight=2,
)
def empty_rows_are_zeros(student: Student, reference: Student, draw: Draw) -> None:
    b, l_q, l_k, d_head = draw.sizes("B", "L_q", "L_k", "d_head")
    mask = _mask_with_empty_rows(draw, b, l_q, l_k)
    q, k, v = _inputs(draw, b, l_q, l_k, d_head)
    output, weights = _answer(student, q, k, v, mask)
    _, want = reference.masked_attention(q, k, v, mask)
    expect.tensor(weights, "the weights", SCORES, want.shape)
    expect.tensor(output, "the output", "B L_q d_v", (b, l_q, d_head))
    empty = ~mask.any(-1)
    name = _name_of_empty_rows(weights, want, empty)
    try:
        expect.close(weights, want, "the weights", SCORES)
        expect.close(
            output, reference.masked_attention(q, k, v, mask)[0], "the output", "B L_q d_v"
        )
    except expect.Failed as failure:
        failure.misconception = name
        raise
    _compare(student, reference, q, k, v, of_queries(draw, b, l_q)[:, 0])


def _name_of_empty_rows(
    weights: torch.Tensor, want: torch.Tensor, empty: torch.Tensor
) -> str | None:
    """The misconception that shows in the empty rows, if the other rows are right."""
    if not bool(expect.same_values(weights[~empty], want[~empty]).all()):
        return None
    if bool(weights[empty].isnan().any()):
        return "nan_empty_rows"
    uniform = torch.full_like(weights[empty], 1 / weights.shape[-1])
    return "uniform_empty_rows" if bool(expect.same_values(weights[empty], uniform).all()) else None


@check(
    "masked_attention",
    "is right, and leaves its arguments as they are",
    "Which of your lines writes into q, k, v or the mask?",
)
def leaves_its_arguments(student: Student, reference: Student, draw: Draw) -> None:
    b, l_q, l_k, d_head = draw.sizes("B", "L_q", "L_k", "d_head")
    mask = draw.mask(b, l_q, l_k)
    q, k, v = _inputs(draw, b, l_q, l_k, d_head)
    _compare(student, reference, q, k, v, mask)
    names = ("the tensor q", "the tensor k", "the tensor v", "the mask")
    student.expect_inputs_unchanged(*names)
    student.masked_attention(q, k, v, _mask_with_empty_rows(draw, b, l_q, l_k))
    student.expect_inputs_unchanged(*names)


@check(
    "masked_attention",
    "the gradients are right, and never NaN",
    "NaN times 0 is NaN. Does any step before your final repair produce one?",
    weight=1,
)
def gradients_are_finite(student: Student, reference: Student, draw: Draw) -> None:
    b, l_q, l_k, d_head = draw.sizes("B", "L_q", "L_k", "d_head")
    mask = _mask_with_empty_rows(draw, b, l_q, l_k)
    direction = draw.normal(b, l_q, d_head, dtype=torch.float64)
    q, k, v = (
        each.requires_grad_() for each in _inputs(draw, b, l_q, l_k, d_head, dtype=torch.float64)
    )
    inputs = {"q": (q, "B L_q d_head"), "k": (k, "B L_k d_head"), "v": (v, "B L_k d_v")}
    want, _ = reference.masked_attention(q, k, v, mask)
    output, _ = _answer(student, q, k, v, mask)
    output = expect.tensor(output, "the output", "B L_q d_v", direction.shape)
    right = expect.same_values(output.nan_to_num(0.0), want)
    finite = output.isfinite()
    name = "nan_gradient" if bool(finite.all()) else None
    if name is None and bool(right.all()) and bool(finite[mask.any(-1)].all()):
        name = "nan_empty_rows"
    expect_gradients(student, output, want, direction, inputs, "B L_q d_v", name)
    broken = q.detach().clone()
    broken[0, :, 0] = math.nan
    wrong = reference.masked_attention(broken, k, v, mask)[0].isnan().all(dim=-1)
    output = expect.tensor(
        _answer(student, broken, k, v, mask)[0], "the output", "B L_q d_v", direction.shape
    )
    expect.true(
        bool(output[wrong].isnan().any(dim=-1).all()),
        "A query that holds NaN, and has keys to attend to, comes out as if nothing were wrong.",
        "nan_hidden",
    )


@check(
    "masked_attention",
    "a large forbidden score stays forbidden",
    "How large must a forbidden score be to beat your constant?",
)
def large_scores_stay_forbidden(student: Student, reference: Student, draw: Draw) -> None:
    b, l_q, l_k, d_head = draw.sizes("B", "L_q", "L_k", "d_head")
    mask = draw.mask(b, l_q, l_k)
    q, k, v = _inputs(draw, b, l_q, l_k, d_head)
    mask[:, 0] = torch.arange(l_k) == 0
    first = k[:, 0]
    q[:, 0] = -3e4 * math.sqrt(d_head) * first / (first**2).sum(-1, keepdim=True)
    _compare(student, reference, q, k, v, mask)


@check(
    "masked_attention",
    "works in float16 and bfloat16",
    "Which constants does float16 not have, and in which dtype do you compute scores and softmax?",
)
def works_in_half_precision(student: Student, reference: Student, draw: Draw) -> None:
    for dtype in HALF:
        b, l_q, l_k, d_head = draw.sizes("B", "L_q", "L_k", "d_head")
        mask = _mask_with_empty_rows(draw, b, l_q, l_k)
        q, k, v = (tensor.to(dtype) for tensor in _inputs(draw, b, l_q, l_k, d_head))
        _compare(student, reference, q / 2, k, v, mask)
        # Scores of 50 and more occur in trained heads; 16 bits round away what tells them apart.
        q[..., 0] = k[..., 0] = 8 * d_head**0.25
        _compare(student, reference, q, k, v, mask)
