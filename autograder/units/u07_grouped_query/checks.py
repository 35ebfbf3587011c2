"""Checks of unit 07: shared KV heads, their cost, and weights carried over."""

from collections.abc import Callable, Iterable
from typing import Any

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.expect_modules import expect_other_device, expect_state, projection_shapes
from autograder.grading.student_protocol import Student
from autograder.units.shared import cached_module

HEADS = "B H L d_head"
OUTPUT = "B L d_model"


def _kv_sizes(draw: Draw) -> list[int]:
    """(B, H, H_kv, L, d_head)."""
    return draw.sizes("B", "H", "H_kv", "L", "d_head")


@check(
    "expand_kv",
    "query head h gets KV head h // group size",
    "Six query heads, two KV heads k0 and k1: which three of the six stand first in your result?",
    weight=2,
)
def neighbours_share(student: Student, reference: Student, draw: Draw) -> None:
    for dtype in (torch.float32, torch.float64):
        b, h, h_kv, length, d_head = _kv_sizes(draw)
        x = draw.normal(b, h_kv, length, d_head, dtype=dtype)
        got = student.expand_kv(x, h)
        student.expect_inputs_unchanged("the tensor x")
        expect.close(got, reference.expand_kv(x, h), "the expanded heads", HEADS)


@check(
    "expand_kv",
    "one KV head serves all, and as many as query heads are left as they are",
    "What is the group size when H_kv = 1, and when H_kv = H?",
)
def expands_at_both_ends(student: Student, reference: Student, draw: Draw) -> None:
    b, h, length, d_head = draw.sizes("B", "H", "L", "d_head")
    for h_kv in (1, h):
        x = draw.normal(b, h_kv, length, d_head)
        expect.close(
            student.expand_kv(x, h), reference.expand_kv(x, h), "the expanded heads", HEADS
        )


@check(
    "expand_kv",
    "refuses KV heads that do not divide the query heads",
    "Seven query heads, three KV heads: who reads whom?",
)
def refuses_to_expand(student: Student, reference: Student, draw: Draw) -> None:
    b, h, h_kv, length, d_head = _kv_sizes(draw)
    for number in (h + 1, h_kv - 1):
        _expansion_refused(student, draw.normal(b, h_kv, length, d_head), number)
    x = draw.normal(b, h_kv, length, d_head)
    expect.close(student.expand_kv(x, h), reference.expand_kv(x, h), "the expanded heads", HEADS)


def _expansion_refused(student: Student, x: torch.Tensor, num_heads: int) -> None:
    _refused(
        student,
        lambda: student.expand_kv(x, num_heads),
        f"expand_kv of {x.shape[1]} KV heads to {num_heads} heads should raise a ValueError.",
    )


def _refused(
    student: Student,
    call: Callable[[], object],
    message: str,
    misconception: str = "no_error_when_indivisible",
) -> None:
    student.expect_error(call, ("ValueError", "AssertionError"), message, misconception)


@check(
    "expand_kv",
    "is right, and stays on the device of x",
    "Which of your tensors is made without device=x.device?",
)
def expands_on_the_device(student: Student, reference: Student, draw: Draw) -> None:
    b, h, h_kv, length, d_head = _kv_sizes(draw)
    x = draw.normal(b, h_kv, length, d_head)
    expect.close(student.expand_kv(x, h), reference.expand_kv(x, h), "the expanded heads", HEADS)
    expect_other_device(lambda x: student.expand_kv(x, h), x)


def _grouped_inputs(
    draw: Draw, dtype: torch.dtype = torch.float32, ends: Callable[[int], int] | None = None
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """q, k, v of pairwise different sizes; ``ends`` gives H_kv from H."""
    b, h, h_kv, l_q, l_k, d_head = draw.sizes("B", "H", "H_kv", "L_q", "L_k", "d_head")
    h_kv = ends(h) if ends else h_kv
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
    tolerance: float | None = None,
) -> None:
    want = reference.grouped_attention(q, k, v, *mask)
    got = student.grouped_attention(q, k, v, *mask)
    if isinstance(got, tuple):
        expect.seen("a tuple")
    expect.true(
        not isinstance(got, tuple),
        "Only the output should come back; this is a tuple.",
        "returns_weights_too",
    )
    expect.close(got, want, "the output", HEADS, tolerance)


@check(
    "grouped_attention",
    "equals the reference",
    "Which query heads meet KV head 0? Do heads and positions stay apart in your rows?",
    weight=2,
)
def equals_the_reference(student: Student, reference: Student, draw: Draw) -> None:
    for dtype in (torch.float64, torch.float32):
        _compare_grouped(student, reference, *_grouped_inputs(draw, dtype))


@check(
    "grouped_attention",
    "as many KV heads as heads is multi-head attention, one is multi-query attention",
    "What is the group size at these two ends?",
)
def grouped_at_both_ends(student: Student, reference: Student, draw: Draw) -> None:
    for ends in (lambda h: h, lambda h: 1):
        inputs = _grouped_inputs(draw, torch.float64, ends)
        _compare_grouped(student, reference, *inputs)


@check(
    "grouped_attention",
    "obeys masks: one for all, one for each sequence, one for each query head",
    "The rows of your queries are folded. Are the rows of the mask folded in the same way?",
    weight=2,
)
def grouped_obeys_the_mask(student: Student, reference: Student, draw: Draw) -> None:
    q, k, v = _grouped_inputs(draw)
    (b, h, l_q, _), l_k = q.shape, k.shape[2]
    for shape in ((l_q, l_k), (b, 1, 1, l_k), (b, 1, l_q, l_k), (b, h, l_q, l_k)):
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


def _with_empty_rows(mask: torch.Tensor) -> torch.Tensor:
    mask[:, :, 0] = False
    mask[-1] = False
    mask[0, -1, -1] = False
    return mask


@check(
    "grouped_attention",
    "a query with nothing to attend to gets zeros; the gradients are right and never NaN",
    "What does softmax make of a row of nothing but -inf, forward and backward?",
    weight=2,
)
def grouped_empty_rows(student: Student, reference: Student, draw: Draw) -> None:
    q, k, v = (tensor.requires_grad_() for tensor in _grouped_inputs(draw, torch.float64))
    mask = _with_empty_rows(draw.mask(*q.shape[:3], k.shape[2]))
    want = reference.grouped_attention(q, k, v, mask)
    direction = draw.normal(*want.shape, dtype=torch.float64)
    wanted = torch.autograd.grad(want, (q, k, v), direction)
    output = student.grouped_attention(q, k, v, mask)
    student.expect_inputs_unchanged("the tensor q", "the tensor k", "the tensor v", "the mask")
    expect.close(output, want, "the output", HEADS)
    got = student.gradients(output, (q, k, v), direction)
    for gradient, right, name in zip(got, wanted, ("q", "k", "v"), strict=True):
        expect.finite(gradient, f"the gradient of {name}", HEADS, "nan_gradient")
        expect.close(gradient, right, f"the gradient of {name}", HEADS)


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
        _compare_grouped(student, reference, q, k, v)
        taken.append(
            [
                student.peak_bytes(student.grouped_attention, q, k, v, *masks)
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
        k, v = (draw.normal(1, h_kv, 20, d_head).repeat(1, 1, 2900, 1) for _ in range(2))
        student.grouped_attention(draw.normal(1, 16 * h_kv, 1, d_head, std=1.4), k, v)


@check(
    "grouped_attention",
    "refuses KV heads that do not divide the query heads",
    "Seven query heads, three KV heads: who reads whom?",
)
def grouped_refuses(student: Student, reference: Student, draw: Draw) -> None:
    q, k, v = _grouped_inputs(draw)
    _refused(
        student,
        lambda: student.grouped_attention(q[:, 1:], k, v),
        f"{q.shape[1] - 1} query heads on {k.shape[1]} KV heads should raise a ValueError.",
    )
    _compare_grouped(student, reference, q, k, v)


@check(
    "grouped_attention",
    "keeps the dtype and the device of its input",
    "Which of your tensors are made without the dtype or the device of the input?",
)
def grouped_keeps_dtype_and_device(student: Student, reference: Student, draw: Draw) -> None:
    for dtype, tolerance in ((torch.bfloat16, 0.1), (torch.float16, 0.02)):
        inputs = _grouped_inputs(draw, dtype)
        _compare_grouped(student, reference, *inputs, tolerance=tolerance)
    q, k, v = _grouped_inputs(draw)
    expect_other_device(student.grouped_attention, q, k, v)
    expect_other_device(student.grouped_attention, q, k, v, draw.mask(q.shape[2], k.shape[2]))


_KIND = cached_module.Kind("GroupedQueryAttention", grouped=True)
cached_module.register(_KIND)


@check(
    "GroupedQueryAttention",
    "without a cache nothing is hidden, unless the mask says so",
    "Who asked for a causal mask? Which shapes broadcast to (B, H, L_q, L_k)?",
    weight=2,
)
def hides_what_the_mask_says(student: Student, reference: Student, draw: Draw) -> None:
    sizes, (length, b) = _KIND.draw_sizes(draw, "B")
    module, twin = _KIND.twins(student, reference, draw, sizes, bias=True)
    x = draw.normal(b, length, sizes.d_model)
    expect.close(module(x), twin(x), "the output without a mask", OUTPUT)
    h = sizes.num_heads
    for shape in ((length, length), (b, 1, 1, length), (b, h, length, length)):
        mask = draw.mask(*shape)
        expect.close(module(x, mask=mask), twin(x, mask=mask), "the output", OUTPUT)
    mask = _with_empty_rows(draw.mask(b, h, length, length))
    expect.close(module(x, mask=mask), twin(x, mask=mask), "the output", OUTPUT)


@check(
    "GroupedQueryAttention",
    "a mask (H, L_q, L_k) belongs to the query heads, also when there are as many sequences",
    "Broadcasting lines axes up from the right. Which axis of (B, H, L_q, L_k) does H meet?",
)
def module_mask_of_the_heads(student: Student, reference: Student, draw: Draw) -> None:
    sizes, (length,) = _KIND.draw_sizes(draw)
    module, twin = _KIND.twins(student, reference, draw, sizes)
    for b in (sizes.num_heads, sizes.num_kv_heads):
        x = draw.normal(b, length, sizes.d_model)
        mask = draw.mask(sizes.num_heads, length, length)
        expect.close(module(x, mask=mask), twin(x, mask=mask), "the output", OUTPUT)


@check(
    "GroupedQueryAttention",
    "with a cache, a given mask is joined to the causal one",
    "A key is visible if the mask allows it *and* it is not in the future. Which operator is that?",
    weight=2,
)
def joins_the_masks(student: Student, reference: Student, draw: Draw) -> None:
    sizes, (length, b) = _KIND.draw_sizes(draw, "B")
    length += 2
    module, twin = _KIND.twins(student, reference, draw, sizes, torch.float64, rope_base=100.0)
    x = draw.normal(b, length, sizes.d_model, dtype=torch.float64)
    padding = draw.mask(b, 1, 1, length)
    causal = torch.ones(length, length, dtype=torch.bool).tril()
    want = twin(x, mask=padding & causal)
    cache = cached_module.cache_for(student, sizes, b, length, torch.float64)
    start = 0
    for size in (length - 3, 2, 1):
        end = start + size
        got = module(x[:, start:end], mask=padding[..., :end], cache=cache)
        expect.close(got, want[:, start:end], "the output", OUTPUT)
        start = end
    cache = cached_module.cache_for(student, sizes, b, length, torch.float64)
    mask = draw.mask(b, sizes.num_heads, length, length)
    got = module(x, mask=mask, cache=cache)
    expect.close(got, twin(x, mask=mask & causal), "the output", OUTPUT)


@check(
    "GroupedQueryAttention",
    "as many KV heads as heads is multi-head attention, one is multi-query attention",
    "How wide are k_proj and v_proj at these two ends?",
)
def module_at_both_ends(student: Student, reference: Student, draw: Draw) -> None:
    for ends in (lambda h: h, lambda h: 1):
        sizes, (length, b) = _KIND.draw_sizes(draw, "B")
        sizes = sizes._replace(num_kv_heads=ends(sizes.num_heads))
        module, twin = _KIND.twins(student, reference, draw, sizes, torch.float64, rope_base=100.0)
        x = draw.normal(b, length, sizes.d_model, dtype=torch.float64)
        expect.close(module(x), twin(x), "the output", OUTPUT)


def _mha_state(
    draw: Draw, bias: bool, d_model: int | None = None
) -> tuple[dict[str, torch.Tensor], tuple[int, int]]:
    """Weights of multi-head attention, and (H, H_kv) to bring them to."""
    drawn, h, h_kv, d_head = draw.sizes("d_model", "H", "H_kv", "d_head")
    return draw.state(projection_shapes(d_model or drawn, h * d_head, bias)), (h, h_kv)


def _pooled(student: Student, state: dict[str, torch.Tensor], *args: int | str) -> Any:
    """What the learner's function makes of copies of the weights."""
    got = student.pool_kv_heads(state, *args)
    student.expect_inputs_unchanged(*(f"the weight {name} that is given" for name in state))
    return got


def _compare_pooled(
    student: Student, reference: Student, state: dict[str, torch.Tensor], *args: int | str
) -> None:
    want = reference.pool_kv_heads(state, *args)
    expect_state(_pooled(student, state, *args), want)


@check(
    "pool_kv_heads",
    "takes the mean of the KV heads of each group, of weights and of biases",
    "Which rows of k_proj.weight belong to head 0? Which heads will share KV head 0?",
    weight=3,
)
def takes_the_mean(student: Student, reference: Student, draw: Draw) -> None:
    for bias in (False, True):
        state, heads = _mha_state(draw, bias)
        _compare_pooled(student, reference, state, *heads)


@check(
    "pool_kv_heads",
    "takes the first KV head of each group when told",
    "Which head is the first of the second group?",
)
def takes_the_first(student: Student, reference: Student, draw: Draw) -> None:
    state, heads = _mha_state(draw, True)
    _compare_pooled(student, reference, state, *heads, "first")


@check(
    "pool_kv_heads",
    "at the ends: one KV head for all, and as many as before",
    "Over what do you take the mean when there is one group, or when groups have one member?",
)
def pools_at_both_ends(student: Student, reference: Student, draw: Draw) -> None:
    state, (h, _) = _mha_state(draw, True)
    for h_kv in (1, h):
        _compare_pooled(student, reference, state, h, h_kv)


@check(
    "pool_kv_heads",
    "draws fresh weights of the same spread when told",
    "What is the standard deviation of the old weights? Are two draws the same?",
)
def draws_fresh_weights(student: Student, reference: Student, draw: Draw) -> None:
    state, (h, h_kv) = _mha_state(draw, False, d_model=48)
    state = {name: value * 1.7 if "k_proj" in name else value for name, value in state.items()}
    want = reference.pool_kv_heads(state, h, h_kv)
    draws = [_pooled(student, state, h, h_kv, "random") for _ in range(2)]
    for got in draws:
        expect.true(
            isinstance(got, dict) and sorted(map(str, got)) == sorted(want),
            "The names should be those of how='mean'.",
        )
        for name in ("q_proj.weight", "o_proj.weight"):
            kept = isinstance(got[name], torch.Tensor) and torch.equal(got[name], state[name])
            expect.true(kept, f"{name} should stay as it is.")
    for name in ("k_proj.weight", "v_proj.weight"):
        first, second = (got[name] for got in draws)
        shape = want[name].shape
        fits = all(
            isinstance(weight, torch.Tensor) and weight.shape == shape for weight in (first, second)
        )
        expect.true(fits, f"{name} should be a tensor of the shape {tuple(shape)}.")
        expect.true(
            not bool(torch.equal(first, second)),
            f"Two draws of {name} should differ; they are equal.",
            "random_not_random",
        )
        ratio = first.double().std().item() / state[name].double().std().item()
        expect.true(
            0.8 < ratio < 1.25,
            f"{name} should spread as the old weights do (standard deviation); it does not.",
            "random_wrong_spread",
        )


@check(
    "pool_kv_heads",
    "refuses KV heads that do not divide, and an unknown way",
    "What does your function do with how='median'?",
)
def refuses_to_pool(student: Student, reference: Student, draw: Draw) -> None:
    state, (h, h_kv) = _mha_state(draw, False)
    _refused(
        student,
        lambda: student.pool_kv_heads(state, h, h - 1),
        f"pool_kv_heads from {h} to {h - 1} KV heads should raise a ValueError.",
    )
    _refused(
        student,
        lambda: student.pool_kv_heads(state, h, h_kv, "median"),
        "how='median' should raise a ValueError.",
        "no_error_unknown_how",
    )
    _compare_pooled(student, reference, state, h, h_kv)


_COSTS = ("parameters", "projection_flops", "attention_flops", "kv_bytes")


def _compare_costs(
    student: Student, reference: Student, names: Iterable[str], *numbers: int
) -> None:
    want = reference.attention_cost(*numbers)
    got = student.attention_cost(*numbers)
    call = f"attention_cost({', '.join(map(str, numbers))})"
    what = expect.kind_of(got)
    expect.true(isinstance(got, dict), f"{call} should be a dictionary; it is of type {what}.")
    expect.true(
        set(got) == set(_COSTS), f"{call} should have the keys {', '.join(_COSTS)} and no others."
    )
    for name in names:
        expect.integer(got[name], want[name], f"{name} of {call}")


def _cost_sizes(draw: Draw) -> tuple[int, int, int, int]:
    """(d_model, H, H_kv, d_head)."""
    h, h_kv = draw.sizes("H", "H_kv")
    d_model, d_head = draw.integer(50, 60), draw.integer(11, 17)
    return d_model, h, h_kv, d_head


def _register_costs(name: str, says: str, asks: str) -> None:
    def counted(student: Student, reference: Student, draw: Draw) -> None:
        for q_len in (1, draw.integer(18, 25)):
            k_len, batch, size = draw.integer(30, 40), draw.integer(3, 5), draw.integer(3, 4)
            numbers = (*_cost_sizes(draw), q_len, k_len, batch, size)
            _compare_costs(student, reference, [name], *numbers)

    counted.__name__ = f"counts_{name}"
    check("attention_cost", says, asks)(counted)


_register_costs(
    "parameters",
    "counts the weights of the four projections",
    "Two of the four matrices know the number of KV heads. Which?",
)
_register_costs(
    "projection_flops",
    "counts the FLOPs of the projections, for the new tokens only",
    "Which tokens pass the projections in a decode step?",
)
_register_costs(
    "attention_flops",
    "counts the FLOPs of scores and weighted sum, over all pairs and query heads",
    "Two query heads share a KV head. Do they share a row of scores?",
)
_register_costs(
    "kv_bytes",
    "counts the bytes of keys and values of all positions",
    "What does one KV head hold for one position, of how many sequences?",
)


@check(
    "attention_cost",
    "one sequence in 16 bits, unless told otherwise; the shape of a real model",
    "Which values do batch and bytes_per_value have when nobody gives them?",
)
def costs_of_real_models(student: Student, reference: Student, draw: Draw) -> None:
    length = 1000 + draw.integer(1, 3000)
    _compare_costs(student, reference, _COSTS, *_cost_sizes(draw), 1, length)
    _compare_costs(student, reference, _COSTS, 4096, 32, 8, 128, length, length)


@check(
    "attention_cost",
    "gives whole numbers, exactly",
    "Which of your operators makes a float out of whole numbers?",
    weight=2,
)
def costs_are_exact(student: Student, reference: Student, draw: Draw) -> None:
    sizes = _cost_sizes(draw)
    _compare_costs(student, reference, _COSTS, *sizes, 7, 131, 3, 4)
    _compare_costs(student, reference, _COSTS, 8191, 64, 8, 127, 65537, 1048573, 3, 2)
