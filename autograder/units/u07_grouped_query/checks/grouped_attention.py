"""Checks of grouped_attention."""

from collections.abc import Callable

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.expect_modules import expect_other_device
from autograder.grading.student_protocol import Student
from autograder.units.shared.gradients import expect_gradients
from autograder.units.shared.inputs import as_split, large, many, of_queries

from .refusals import expect_refusal

HEADS = "B H L d_head"
HALF = (torch.float16, torch.bfloat16)


def _grouped_inputs(
    draw: Draw, dtype: torch.dtype = torch.float32, ends: Callable[[int], int] | None = None
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """q, k, v of pairwise different sizes; ``ends`` gives H_kv from H, which is large then."""
    b, h, h_kv, l_q, l_k, d_head = draw.sizes("B", "H", "H_kv", "L_q", "L_k", "d_head")
    if ends:
        h = many(draw, h, 33)
        h_kv = ends(h)
    q, _ = draw.queries_and_keys(b, h, l_q=l_q, l_k=l_k, d_head=d_head, dtype=dtype)
    _, k = draw.queries_and_keys(b, h_kv, l_q=l_q, l_k=l_k, d_head=d_head, dtype=dtype)
    return q, k, draw.normal(b, h_kv, l_k, d_head, dtype=dtype)


def _compare_grouped(
    student: Student,
    reference: Student,
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    *mask: torch.Tensor,
    told: str = "",
) -> None:
    exact = [each.double() if each.dtype in HALF else each for each in (q, k, v)]
    want = reference.grouped_attention(*exact, *mask)
    got = student.grouped_attention(q, k, v, *mask)
    if isinstance(got, tuple):
        expect.seen("a tuple")
    expect.true(
        not isinstance(got, tuple),
        "Only the output should come back; this is a tuple.",
        "returns_weights_too",
    )
    expect.close(got, want, f"the output{told}", HEADS, dtype=q.dtype)


@check(
    "grouped_attention",
    "equals the reference",
    "Which query heads meet KV head 0? Do heads and positions stay apart in your rows?",
    weight=2,
)
def equals_the_reference(student: Student, reference: Student, draw: Draw) -> None:
    for dtype in (torch.float64, torch.float32):
        inputs = (as_split(each) for each in _grouped_inputs(draw, dtype))
        _compare_grouped(student, reference, *inputs)
    with torch.no_grad():
        for (b, l_q, l_k, d_head), told in large(draw, "B", "L_q", "L_k", "d_head"):
            q = draw.normal(b, 2, l_q, d_head, std=1.4)
            k, v = (draw.normal(b, 1, l_k, d_head, std=1.4) for _ in range(2))
            _compare_grouped(student, reference, q, k, v, draw.mask(l_q, l_k), told=told)


@check(
    "grouped_attention",
    "as many KV heads as heads is multi-head attention, one is multi-query attention",
    "What is the group size at these two ends?",
)
def grouped_at_both_ends(student: Student, reference: Student, draw: Draw) -> None:
    for ends in (lambda h: h, lambda h: 1):
        q, k, v = _grouped_inputs(draw, torch.float64, ends)
        told = f" of {q.shape[1]} heads on {k.shape[1]}"
        _compare_grouped(student, reference, q, k, v, told=told)


@check(
    "grouped_attention",
    "obeys masks: one for all, one for each sequence, one for each query head",
    "The rows of your queries are folded. Are the rows of the mask folded in the same way?",
    weight=2,
)
def grouped_obeys_the_mask(student: Student, reference: Student, draw: Draw) -> None:
    q, k, v = _grouped_inputs(draw)
    (b, h, l_q, _), l_k = q.shape, k.shape[2]
    for shape in ((l_q, l_k), (l_k,), (b, 1, 1, l_k), (b, 1, l_q, l_k), (b, h, l_q, l_k)):
        _compare_grouped(student, reference, q, k, v, draw.mask(*shape))


@check(
    "grouped_attention",
    "a mask (H, L_q, L_k) belongs to the query heads, also when there are as many sequences",
    "Broadcasting lines axes up from the right. Which axis of (B, H, L_q, L_k) does H meet?",
)
def grouped_mask_of_the_heads(student: Student, reference: Student, draw: Draw) -> None:
    h, h_kv, l_q, l_k, d_head = draw.sizes("H", "H_kv", "L_q", "L_k", "d_head")
    for b, shape in ((h, (h, l_q, l_k)), (h, (h, 1, l_k)), (h_kv, (h_kv, 1, 1, l_k))):
        q, k = draw.normal(b, h, l_q, d_head, std=1.4), draw.normal(b, h_kv, l_k, d_head, std=1.4)
        v = draw.normal(b, h_kv, l_k, d_head)
        _compare_grouped(student, reference, q, k, v, draw.mask(*shape))


def with_empty_rows(mask: torch.Tensor) -> torch.Tensor:
    """The mask ``(B, H, L_q, L_k)``: query 0, the last sequence and one more row see nothing."""
    mask[:, :, 0] = False
    mask[-1] = False
    mask[0, -1, -1] = False
    return mask


@check(
    "grouped_attention",
    "a query with nothing to attend to gets zeros; the gradients are right and never NaN; the "
    "arguments stay as they are",
    "What does softmax make of a row of nothing but -inf, forward and backward?",
    weight=2,
)
def grouped_empty_rows(student: Student, reference: Student, draw: Draw) -> None:
    q, k, v = (tensor.requires_grad_() for tensor in _grouped_inputs(draw, torch.float64))
    _compare_grouped(student, reference, q, k, v, of_queries(draw, q.shape[0], q.shape[2]))
    mask = with_empty_rows(draw.mask(*q.shape[:3], k.shape[2]))
    want = reference.grouped_attention(q, k, v, mask)
    direction = draw.normal(*want.shape, dtype=torch.float64)
    output = student.grouped_attention(q, k, v, mask)
    student.expect_inputs_unchanged("the tensor q", "the tensor k", "the tensor v", "the mask")
    expect.close(output, want, "the output", HEADS)
    inputs = {"q": (q, HEADS), "k": (k, HEADS), "v": (v, HEADS)}
    expect_gradients(student, output, want, direction, inputs, HEADS, "nan_gradient")


@check(
    "grouped_attention",
    "makes no repeated copy of the keys or values",
    "Which of your tensors has H heads and L_k rows of d_head numbers? Who made it, you or `@`?",
    weight=3,
)
def copies_no_keys(student: Student, reference: Student, draw: Draw) -> None:
    h_kv, few, many, d_head, l_k = 2, 3, 9, 64, 200 + draw.integer(0, 50)
    k, v = (draw.normal(1, h_kv, l_k, d_head) for _ in range(2))
    mask = draw.mask(1, l_k)
    taken = []
    for group in (few, many):
        q = draw.normal(1, h_kv * group, 1, d_head, std=1.4)
        taken.append(
            [
                student.peak_bytes(_compare_grouped, student, reference, q, k, v, *masks)
                for masks in ((), (mask,))
            ]
        )
    keys_of_a_head = l_k * d_head * k.element_size()
    copies = max(
        (after - before) / keys_of_a_head / (h_kv * (many - few))
        for before, after in zip(*taken, strict=True)
    )
    expect.true(
        copies < 0.5,
        f"With {many} query heads on each KV head in place of {few}, every further query head "
        f"takes the memory of a copy of {l_k} keys or more.",
        "expanded",
    )
    if student.limited:  # a count can be forged: here copies take 480 MB, and 400 are to be had
        q = draw.normal(1, 16 * h_kv, 1, d_head, std=1.4)
        k, v = (draw.normal(1, h_kv, 20, d_head) for _ in range(2))
        got = student.grouped_attention(q, *(each.repeat(1, 1, 2900, 1) for each in (k, v)))
        # Every key 2900 times: that is the average over one of each.
        want = reference.grouped_attention(q, k, v)
        expect.close(got, want, "the output for very many keys", HEADS, 1e-3)


@check(
    "grouped_attention",
    "refuses KV heads that do not divide the query heads",
    "Seven query heads, three KV heads: who reads whom?",
)
def grouped_refuses(student: Student, reference: Student, draw: Draw) -> None:
    q, k, v = _grouped_inputs(draw)
    expect_refusal(
        student,
        lambda: student.grouped_attention(q[:, 1:], k, v),
        f"{q.shape[1] - 1} query heads on {k.shape[1]} KV heads should raise a ValueError.",
    )
    told = f"{q.shape[1]} query heads on {k.shape[1]} KV heads should give something."
    expect.true(student.grouped_attention(q, k, v) is not None, told)


@check(
    "grouped_attention",
    "is right, and keeps the dtype and the device of its input",
    "Which of your tensors are made without the dtype or the device of the input?",
)
def grouped_keeps_dtype_and_device(student: Student, reference: Student, draw: Draw) -> None:
    for dtype in HALF:
        q, k, v = _grouped_inputs(draw, dtype)
        _compare_grouped(student, reference, q / 2, k, v)
    q, k, v = _grouped_inputs(draw)
    expect_other_device(student.grouped_attention, q, k, v)
    expect_other_device(student.grouped_attention, q, k, v, draw.mask(q.shape[2], k.shape[2]))


@check(
    "grouped_attention",
    "in float16 and bfloat16 it holds for large scores and for very many keys",
    "No number of float16 is larger than 65504. What is, before you scale? In a sum of many terms?",
)
def grouped_half_precision(student: Student, reference: Student, draw: Draw) -> None:
    for dtype in HALF:
        q, k, v = _grouped_inputs(draw, dtype)
        k[..., 0] = 230 + 15 * torch.arange(k.shape[2])  # 15 apart: one key wins, however rounded
        q[..., 0] = 300
        q[:, :, 0, 0] *= -1
        _compare_grouped(student, reference, q, k, v, told=f" of large scores in {dtype}")
    # So many that 1 / L_k is a number of float16, with keys all alike: the average of the values.
    l_k, period = 69905, 5
    with torch.no_grad():
        for dtype in HALF:
            q, k = draw.queries_and_keys(1, 1, l_q=2, l_k=1, d_head=3, dtype=dtype)
            k = k.expand(-1, -1, l_k, -1)
            v = draw.normal(1, 1, period, 3, dtype=dtype).repeat(1, 1, l_k // period, 1)
            told = f" of {l_k} keys in {dtype}"
            _compare_grouped(student, reference, q, k, v, told=told)
