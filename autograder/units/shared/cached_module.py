"""Checks of modules that continue with a KV cache: units 06 and 07."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch

from autograder.grading import expect
from autograder.grading.draw import FULL, Draw
from autograder.grading.expect_modules import (
    expect_names,
    expect_other_device,
    expect_parameter_gradients,
    linear_shapes,
    twins,
)
from autograder.grading.student_protocol import Student
from autograder.units.shared.inputs import compare_large, many
from autograder.units.shared.shared_checks import SharedChecks

OUTPUT = "B L d_model"
_BASE = 10000.0
_OTHER_BASE = 37.0
_LONG_PAST = 4200  # tables of rotations often end at 2048 or 4096

_property: SharedChecks[Variant] = SharedChecks()
register = _property.register


class Sizes(NamedTuple):
    """Sizes of a module."""

    d_model: int
    num_heads: int
    num_kv_heads: int
    d_head: int


@dataclass(frozen=True)
class Variant:
    """A module with a cache: a ``grouped`` one has KV heads, and is causal only if told."""

    exercise: str
    grouped: bool

    def build(self, of: Student, sizes: Sizes, d_head: int | None, **options: Any) -> Any:
        """The module of a student or of the reference."""
        kv_heads = (sizes.num_kv_heads,) if self.grouped else ()
        make = getattr(of, self.exercise)
        return make(sizes.d_model, sizes.num_heads, *kv_heads, d_head, **options)

    def twins(
        self,
        student: Student,
        reference: Student,
        draw: Draw,
        sizes: Sizes,
        dtype: torch.dtype = torch.float32,
        **options: Any,
    ) -> tuple[Any, Any]:
        """The learner's module and the reference's, with the same weights."""
        state = draw.state(shapes_of(sizes, options.get("bias", False)), dtype)
        return twins(
            student, reference, lambda of: self.build(of, sizes, sizes.d_head, **options), state
        )

    def whole(self, module: Any, x: torch.Tensor) -> Any:
        """The causal pass over a whole sequence, without a cache."""
        if not self.grouped:
            return module(x)
        length = x.shape[1]
        return module(x, mask=torch.ones(length, length, dtype=torch.bool).tril())

    def draw_sizes(self, draw: Draw, *names: str, odd: bool = False) -> tuple[Sizes, list[int]]:
        """Sizes of a module whose heads together are not as wide as the model, and others.

        ``d_head`` is even, or ``odd``.
        """
        heads = ("H", "H_kv") if self.grouped else ("H",)
        while True:
            d_model, *others = draw.sizes("d_model", *heads, "L", *names)
            num_heads, num_kv_heads = others[0], others[len(heads) - 1]
            d_head = 2 * draw.integer(2, 4) + odd
            used = {d_model, *others}
            if d_head not in used and num_heads * d_head != d_model:
                return Sizes(d_model, num_heads, num_kv_heads, d_head), others[len(heads) :]


def shapes_of(sizes: Sizes, bias: bool) -> dict[str, tuple[int, ...]]:
    """Shapes of the weights, by name."""
    width, kv_width = sizes.num_heads * sizes.d_head, sizes.num_kv_heads * sizes.d_head
    layers = {name: (kv_width, sizes.d_model) for name in ("k_proj", "v_proj")}
    layers |= {"q_proj": (width, sizes.d_model), "o_proj": (sizes.d_model, width)}
    return linear_shapes(layers, bias)


def usual(sizes: Sizes) -> Sizes:
    """The same heads in a model that is as wide as they are together."""
    return sizes._replace(d_model=sizes.num_heads * sizes.d_head)


def cache_for(
    of: Student, sizes: Sizes, batch: int, max_len: int, *dtype_and_device: torch.dtype | str
) -> Any:
    """A cache of the student's or of the reference's."""
    return of.KVCache(batch, sizes.num_kv_heads, max_len, sizes.d_head, *dtype_and_device)


def in_chunks(
    module: Any, cache: Any, x: torch.Tensor, cut: list[int], **options: Any
) -> torch.Tensor:
    """Outputs of a module that gets ``x`` in chunks of these lengths, side by side."""
    outputs = []
    for chunk in x.split(cut, dim=1):
        output = module(chunk, cache=cache, **options)
        outputs.append(expect.tensor(output, "the output of a chunk", OUTPUT, chunk.shape, x.dtype))
    return torch.cat(outputs, dim=1)


def every_cut(length: int) -> Iterator[list[int]]:
    """Every way to cut a sequence into chunks, as lists of lengths."""
    for marks in itertools.product((False, True), repeat=length - 1):
        ends = [i + 1 for i, mark in enumerate(marks) if mark] + [length]
        yield [end - start for start, end in zip([0, *ends], ends, strict=False)]


def drawn_cut(draw: Draw, length: int) -> list[int]:
    """A cut with a long first chunk (the prompt), a middle one and single tokens."""
    first = draw.integer(2, length // 2)
    second = draw.integer(2, length - first - 1)
    return [first, second] + [1] * (length - first - second)


def _expect_cut(got: torch.Tensor, want: torch.Tensor, cut: list[int]) -> None:
    text = " + ".join(map(str, cut))
    expect.close(
        got, want, "the output", OUTPUT, message=f"Cut into {text} tokens, the output is another."
    )


@_property(
    "has the projections, with and without bias",
    "Which layers does the task name, how wide is each, and what does bias decide?",
)
def has_the_projections(variant: Variant, student: Student, reference: Student, draw: Draw) -> None:
    sizes, _ = variant.draw_sizes(draw)
    for bias in (True, False):
        module = variant.build(student, sizes, sizes.d_head, bias=bias)
        expect_names(module, shapes_of(sizes, bias))
    expect_names(variant.build(student, usual(sizes), None), shapes_of(usual(sizes), False))


@_property(
    "refuses a number of heads that does not divide",
    "What is 10 // 3, and how wide would three such heads be together?",
)
def refuses_what_does_not_divide(
    variant: Variant, student: Student, reference: Student, draw: Draw
) -> None:
    sizes, _ = variant.draw_sizes(draw)
    wrong = usual(sizes)
    wrong = wrong._replace(d_model=wrong.d_model + draw.integer(1, sizes.num_heads - 1))
    _expect_refusal(variant, student, wrong, None, "num_heads does not divide d_model")
    variant.build(student, wrong, sizes.d_head)
    if variant.grouped:
        wrong = sizes._replace(num_kv_heads=sizes.num_heads - 1)
        _expect_refusal(variant, student, wrong, sizes.d_head, "KV heads do not divide the heads")


def _expect_refusal(
    variant: Variant, student: Student, sizes: Sizes, d_head: int | None, reason: str
) -> None:
    heads = f"{sizes.num_heads}, {sizes.num_kv_heads}" if variant.grouped else f"{sizes.num_heads}"
    student.expect_error(
        lambda: variant.build(student, sizes, d_head),
        ("ValueError", "AssertionError"),
        f"{variant.exercise}({sizes.d_model}, {heads}, {d_head}) should raise a ValueError: "
        f"{reason}.",
        "no_error_when_indivisible",
    )


@_property(
    "a whole causal sequence, without rotation, equals the reference",
    "Which keys may the last token see, and which the first? Which width does the scale belong to?",
    weight=2,
)
def whole_sequence(variant: Variant, student: Student, reference: Student, draw: Draw) -> None:
    sizes, (length, _) = variant.draw_sizes(draw, "B")
    if draw.level == FULL:
        sizes = Sizes(many(draw, 0, 75), 2, 1 if variant.grouped else 2, many(draw, 0, 33))
    modules = variant.twins(student, reference, draw, sizes, torch.float64)
    x = draw.normal(1, many(draw, length, 65), sizes.d_model, dtype=torch.float64)
    told = {"L": x.shape[1], "d_model": sizes.d_model, "d_head": sizes.d_head}
    compare_large(draw, lambda module: variant.whole(module, x), modules, OUTPUT, **told)
    sizes, (length, b) = variant.draw_sizes(draw, "B", odd=True)
    module, twin = variant.twins(student, reference, draw, sizes, bias=True)
    x = draw.normal(b, length, sizes.d_model)
    expect.close(variant.whole(module, x), variant.whole(twin, x), "the output", OUTPUT)


@_property(
    "heads of the usual width, d_model // num_heads",
    "Here a forgotten projection changes no shape. Are all four at work?",
)
def heads_of_the_usual_width(
    variant: Variant, student: Student, reference: Student, draw: Draw
) -> None:
    sizes, (length, b) = variant.draw_sizes(draw, "B")
    sizes = usual(_many_heads(sizes) if draw.level == FULL else sizes)
    state = draw.state(shapes_of(sizes, True))
    modules = twins(student, reference, lambda of: variant.build(of, sizes, None, bias=True), state)
    x = draw.normal(b, length, sizes.d_model)
    told = {"H": sizes.num_heads, "H_kv": sizes.num_kv_heads}
    compare_large(draw, lambda module: variant.whole(module, x), modules, OUTPUT, **told)


def _many_heads(sizes: Sizes) -> Sizes:
    """As many heads as small tables do not hold, in groups as large as before."""
    factor = 24 // sizes.num_heads
    return sizes._replace(
        num_heads=factor * sizes.num_heads, num_kv_heads=factor * sizes.num_kv_heads, d_head=2
    )


@_property(
    "queries and keys are turned by their positions, with the base that is given",
    "Which of q, k and v are turned, when: before or after they are split into heads?",
    weight=2,
)
def turns_queries_and_keys(
    variant: Variant, student: Student, reference: Student, draw: Draw
) -> None:
    for base in (_BASE, _OTHER_BASE):
        sizes, (length, b) = variant.draw_sizes(draw, "B")
        if base == _OTHER_BASE:
            sizes = sizes._replace(num_heads=2, num_kv_heads=1 if variant.grouped else 2, d_head=4)
        module, twin = variant.twins(student, reference, draw, sizes, torch.float64, rope_base=base)
        x = draw.normal(b, length, sizes.d_model, dtype=torch.float64)
        expect.close(variant.whole(module, x), variant.whole(twin, x), "the output", OUTPUT)
    if draw.level == FULL:
        got, want = (
            _after_a_long_past(of, each, sizes, x[:1, :2])
            for of, each in ((student, module), (reference, twin))
        )
        expect.close(got, want, f"the output after {_LONG_PAST} tokens", OUTPUT)


def _after_a_long_past(of: Student, module: Any, sizes: Sizes, x: torch.Tensor) -> Any:
    """The output for ``x`` behind a past that is longer than any table.

    Its keys are zeros, which no rotation changes: a cache may hold them turned or not.
    """
    cache = cache_for(of, sizes, 1, _LONG_PAST + x.shape[1], torch.float64)
    shape = (1, sizes.num_kv_heads, _LONG_PAST, sizes.d_head)
    values = torch.arange(_LONG_PAST, dtype=torch.float64).cos()[:, None].expand(shape)
    cache.append(torch.zeros(shape, dtype=torch.float64), values)
    return module(x, cache=cache)


@_property(
    "with a cache, every way to cut a sequence gives the same output",
    "Three tokens are stored, two come. Which positions do they have, and which keys do they see?",
    weight=3,
)
def every_cut_is_alike(variant: Variant, student: Student, reference: Student, draw: Draw) -> None:
    sizes, (b,) = _without_length(variant, draw)
    length = 4
    module, twin = variant.twins(student, reference, draw, sizes, torch.float64, rope_base=_BASE)
    x = draw.normal(b, length, sizes.d_model, dtype=torch.float64)
    want = variant.whole(twin, x)
    for cut in every_cut(length):
        cache = cache_for(student, sizes, b, length, torch.float64)
        _expect_cut(in_chunks(module, cache, x, cut), want, cut)


def _without_length(variant: Variant, draw: Draw) -> tuple[Sizes, list[int]]:
    sizes, (_, *others) = variant.draw_sizes(draw, "B")
    return sizes, others


@_property(
    "a prompt, a second chunk, then token by token, without rotation",
    "How wide is the mask of a chunk, and at which corner do its last row and column meet?",
    weight=2,
)
def a_longer_cut(variant: Variant, student: Student, reference: Student, draw: Draw) -> None:
    sizes, (b,) = _without_length(variant, draw)
    length = draw.integer(7, 11)
    module, twin = variant.twins(student, reference, draw, sizes, bias=True)
    x = draw.normal(b, length, sizes.d_model)
    cut = drawn_cut(draw, length)
    cache = cache_for(student, sizes, b, length + draw.integer(0, 5))
    _expect_cut(in_chunks(module, cache, x, cut), variant.whole(twin, x), cut)


@_property(
    "the cache takes up every token once, and the module remembers none",
    "What does your module keep in itself from one call to the next? How often does it append?",
    weight=2,
)
def tokens_are_stored_once(
    variant: Variant, student: Student, reference: Student, draw: Draw
) -> None:
    sizes, (length, b) = variant.draw_sizes(draw, "B")
    module, twin = variant.twins(student, reference, draw, sizes, rope_base=_BASE)
    sequences = [draw.normal(b, length + 2, sizes.d_model) for _ in range(2)]
    caches = [cache_for(student, sizes, b, 2 * length + 5) for _ in sequences]
    wanted = [variant.whole(twin, x) for x in sequences]
    for part in (slice(0, 2), slice(2, length + 2)):
        for x, cache, want in zip(sequences, caches, wanted, strict=True):
            got = module(x[:, part], cache=cache)
            expect.close(got, want[:, part], "the output of one of two sequences", OUTPUT)
            stored = f"cache.length after {part.stop} tokens"
            expect.integer(cache.length, part.stop, stored)
    again = variant.whole(module, sequences[0])
    expect.close(again, wanted[0], "the output without a cache, afterwards", OUTPUT)


@_property(
    "a sequence does not know of the others in its batch",
    "Does any step of yours join, cut or sum along the axis of the batch?",
)
def every_sequence_by_itself(
    variant: Variant, student: Student, reference: Student, draw: Draw
) -> None:
    sizes, (length, b) = variant.draw_sizes(draw, "B")
    module, twin = variant.twins(student, reference, draw, sizes, torch.float64, rope_base=_BASE)
    x = draw.normal(many(draw, b + 1, 65), min(length, 3), sizes.d_model, dtype=torch.float64)
    alone, want = variant.whole(module, x[:1]), variant.whole(twin, x)
    expect.close(alone, want[:1], "the output of a single sequence", OUTPUT)
    together = variant.whole(module, x)
    expect.close(together, want, f"the output of a batch of {len(x)}", OUTPUT)


@_property(
    "gives the same answer twice, and leaves x as it is",
    "Is something random at work in evaluation mode? Which line writes into an argument?",
)
def answers_alike_and_leaves_x(
    variant: Variant, student: Student, reference: Student, draw: Draw
) -> None:
    sizes, (length, b) = variant.draw_sizes(draw, "B")
    module, twin = variant.twins(student, reference, draw, sizes, rope_base=_BASE)
    x = draw.normal(b, length, sizes.d_model)
    first = expect.tensor(variant.whole(module, x), "the output", OUTPUT, x.shape)
    student.expect_inputs_unchanged("the tensor x", "the mask")
    again = expect.tensor(variant.whole(module, x), "the output", OUTPUT, x.shape)
    expect.true(
        bool(expect.same_values(again, first).all()),
        "In evaluation mode the same input gives another output each time.",
        "dropout_active",
    )
    got = module(x, cache=cache_for(student, sizes, b, length))
    student.expect_inputs_unchanged("the tensor x")
    expect.close(got, variant.whole(twin, x), "the output", OUTPUT)


@_property(
    "every projection learns, and the gradient reaches x",
    "Is each projection used in forward, and does nothing cut the graph?",
)
def sends_the_right_gradients(
    variant: Variant, student: Student, reference: Student, draw: Draw
) -> None:
    sizes, (length, b) = variant.draw_sizes(draw, "B")
    modules = variant.twins(
        student, reference, draw, sizes, torch.float64, bias=True, rope_base=_BASE
    )
    x = draw.normal(b, length, sizes.d_model, dtype=torch.float64).requires_grad_()
    direction = draw.normal(b, length, sizes.d_model, dtype=torch.float64)
    mask = torch.ones(length, length, dtype=torch.bool).tril()
    mask[0] = False
    options = {"mask": mask} if variant.grouped else {}
    inputs = {"x": (x, OUTPUT)}
    expect_parameter_gradients(student, reference, modules, inputs, direction, **options)


@_property(
    "is right, and keeps the dtype and the device of its input, also with a cache",
    "Which of your tensors are made without the dtype or the device of the input?",
)
def keeps_dtype_and_device(
    variant: Variant, student: Student, reference: Student, draw: Draw
) -> None:
    sizes, (length, b) = variant.draw_sizes(draw, "B")
    for dtype, tolerance in ((torch.float64, None), (torch.bfloat16, 0.1)):
        module, twin = variant.twins(student, reference, draw, sizes, dtype, rope_base=_BASE)
        x = draw.normal(b, length, sizes.d_model, dtype=dtype)
        want = variant.whole(twin, x)
        got = module(x, cache=cache_for(student, sizes, b, length, dtype))
        expect.close(got, want, "the output", OUTPUT, tolerance)
    moved = variant.build(student, sizes, sizes.d_head, rope_base=_BASE).to("meta")
    x = draw.normal(b, length, sizes.d_model)
    expect_other_device(moved, x)
    cache = cache_for(student, sizes, b, length, torch.float32, "meta")
    expect_other_device(lambda x: moved(x, cache=cache), x)
