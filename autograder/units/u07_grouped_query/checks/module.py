"""Checks of GroupedQueryAttention."""

from typing import Any

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.student_protocol import Student
from autograder.units.shared import cached_module
from autograder.units.shared.inputs import of_queries

from .grouped_attention import with_empty_rows

OUTPUT = "B L d_model"
_GROUPED = cached_module.Variant("GroupedQueryAttention", grouped=True)
cached_module.register(_GROUPED)


@check(
    "GroupedQueryAttention",
    "without a cache nothing is hidden, unless the mask says so",
    "Who asked for a causal mask? Which shapes broadcast to (B, H, L_q, L_k)?",
    weight=1.5,
)
def hides_what_the_mask_says(student: Student, reference: Student, draw: Draw) -> None:
    sizes, (length, b) = _GROUPED.draw_sizes(draw, "B")
    module, twin = _GROUPED.twins(student, reference, draw, sizes, bias=True)
    x = draw.normal(b, length, sizes.d_model)
    expect.close(module(x), twin(x), "the output without a mask", OUTPUT)
    h = sizes.num_heads
    shapes = (length, length), (length,), (b, 1, 1, length), (b, h, length, length)
    for mask in (*(draw.mask(*shape) for shape in shapes), of_queries(draw, b, length)):
        expect.close(module(x, mask=mask), twin(x, mask=mask), "the output", OUTPUT)
    mask = with_empty_rows(draw.mask(b, h, length, length))
    expect.close(module(x, mask=mask), twin(x, mask=mask), "the output", OUTPUT)


@check(
    "GroupedQueryAttention",
    "a mask (H, L_q, L_k) belongs to the query heads, also when there are as many sequences",
    "Broadcasting lines axes up from the right. Which axis of (B, H, L_q, L_k) does H meet?",
)
def module_mask_of_the_heads(student: Student, reference: Student, draw: Draw) -> None:
    sizes, (length,) = _GROUPED.draw_sizes(draw)
    module, twin = _GROUPED.twins(student, reference, draw, sizes)
    for b in (sizes.num_heads, sizes.num_kv_heads):
        x = draw.normal(b, length, sizes.d_model)
        mask = draw.mask(sizes.num_heads, length, length)
        expect.close(module(x, mask=mask), twin(x, mask=mask), "the output", OUTPUT)


@check(
    "GroupedQueryAttention",
    "with a cache, a given mask is joined to the causal one",
    "A key is visible if the mask allows it *and* it is not in the future. Which operator is that?",
    weight=1.5,
)
def joins_the_masks(student: Student, reference: Student, draw: Draw) -> None:
    sizes, (length, b) = _GROUPED.draw_sizes(draw, "B")
    length += 2
    module, twin = _GROUPED.twins(student, reference, draw, sizes, torch.float64, rope_base=100.0)
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
        sizes, (length, b) = _GROUPED.draw_sizes(draw, "B")
        sizes = sizes._replace(num_kv_heads=ends(sizes.num_heads))
        module, twin = _GROUPED.twins(
            student, reference, draw, sizes, torch.float64, rope_base=100.0
        )
        x = draw.normal(b, length, sizes.d_model, dtype=torch.float64)
        expect.close(module(x), twin(x), "the output", OUTPUT)


@check(
    "GroupedQueryAttention",
    "with a cache, makes no repeated copy of the keys or values",
    "Which of your tensors has H heads and as many rows as the cache has tokens?",
)
def module_copies_no_keys(student: Student, reference: Student, draw: Draw) -> None:
    sizes = cached_module.Sizes(9, 32, 1, 32)
    module, twin = _GROUPED.twins(student, reference, draw, sizes)
    x = draw.normal(1, 1, sizes.d_model)
    few, many = 20, 150 + draw.integer(0, 50)
    taken = []
    for past in (few, many):
        stored = draw.normal(2, 1, 1, past, sizes.d_head)
        cache, own = (
            cached_module.cache_for(of, sizes, 1, past + 1) for of in (student, reference)
        )
        for each in (cache, own):
            each.append(*stored)
        want = twin(x, cache=own)

        def compare(cache: Any = cache, want: torch.Tensor = want) -> None:
            expect.close(module(x, cache=cache), want, "the output", OUTPUT)

        taken.append(student.peak_bytes(compare))
    copy = sizes.num_heads * (many - few) * sizes.d_head * x.element_size()
    expect.true(
        taken[1] - taken[0] < copy / 2,
        f"With {many} tokens in the cache in place of {few}, it takes the memory of "
        f"{sizes.num_heads} copies of the further keys: one for each query head.",
        "expanded",
    )
