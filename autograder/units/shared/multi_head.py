"""Checks that every multi-head module must pass: the loop of unit 03, the fused one of unit 04."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from autograder.grading import expect
from autograder.grading.draw import FULL, Draw
from autograder.grading.expect_modules import (
    expect_names,
    expect_other_device,
    expect_parameter_gradients,
    linear_shapes,
    load,
    twins,
)
from autograder.grading.student_protocol import Student
from autograder.units.shared.inputs import compare_large, many, of_queries
from autograder.units.shared.shared_checks import SharedChecks

OUTPUT = "B L_q d_model"
State = dict[str, torch.Tensor]  # weights by name
Sizes = tuple[int, int, int]  # (d_model, num_heads, d_head)


@dataclass(frozen=True)
class Layout:
    """How a module of multi-head attention lays out the weights of its heads: in a loop, or fused.

    Attributes:
        exercise: its id, the name of the class.
        shapes: called with (d_model, num_heads, d_head, bias), gives the shapes of the weights.
        permuted: called with (state, order, d_head), gives the weights with the heads in another
            order, in every projection.
        many_heads: so many are more than small tables hold, and not too many to compute.
    """

    exercise: str
    shapes: Callable[[int, int, int, bool], dict[str, tuple[int, ...]]]
    permuted: Callable[[State, list[int], int], State]
    many_heads: int = 20

    def build(self, of: Student, *args: Any, **kwargs: Any) -> Any:
        """The module of a student or of the reference."""
        return getattr(of, self.exercise)(*args, **kwargs)

    def twins(
        self,
        student: Student,
        reference: Student,
        draw: Draw,
        sizes: Sizes,
        bias: bool = True,
        dtype: torch.dtype = torch.float32,
    ) -> tuple[Any, Any]:
        """The learner's module and the reference's, with the same weights.

        Args:
            student, reference, draw: as in every check.
            sizes, bias, dtype: of the module and its projections.
        """
        state = draw.state(self.shapes(*sizes, bias), dtype)
        return twins(student, reference, lambda of: self.build(of, *sizes, bias=bias), state)


_property: SharedChecks[Layout] = SharedChecks()
register = _property.register


def loop_shapes(
    d_model: int, num_heads: int, d_head: int, bias: bool
) -> dict[str, tuple[int, ...]]:
    """Shapes of the weights of a loop of heads."""
    layers = {
        f"heads.{i}.{name}": (d_head, d_model)
        for i in range(num_heads)
        for name in ("q_proj", "k_proj", "v_proj")
    }
    return linear_shapes(layers | {"o_proj": (d_model, num_heads * d_head)}, bias)


def draw_sizes(draw: Draw, *names: str) -> tuple[Sizes, list[int]]:
    """(d_model, H, d_head) whose heads together are not as wide as the model, and other sizes."""
    while True:
        d_model, num_heads, d_head, *others = draw.sizes("d_model", "H", "d_head", *names)
        if num_heads * d_head != d_model:
            return (d_model, num_heads, d_head), others


def _usual_sizes(draw: Draw, *names: str) -> tuple[Sizes, list[int]]:
    """The same, but with heads that together are as wide as the model."""
    num_heads, d_head, *others = draw.sizes("H", "d_head", *names)
    return (num_heads * d_head, num_heads, d_head), others


@_property(
    "has the projections, with and without bias",
    "Which layers does the task name, how wide is each, and what does bias decide?",
)
def has_the_projections(layout: Layout, student: Student, reference: Student, draw: Draw) -> None:
    sizes, _ = draw_sizes(draw)
    for bias in (True, False):
        expect_names(layout.build(student, *sizes, bias=bias), layout.shapes(*sizes, bias))
    (d_model, num_heads, d_head), _ = _usual_sizes(draw)
    module = layout.build(student, d_model, num_heads)
    expect_names(module, layout.shapes(d_model, num_heads, d_head, True))


@_property(
    "refuses a number of heads that does not divide d_model",
    "What is 10 // 3, and how wide would three such heads be together?",
)
def refuses_what_does_not_divide(
    layout: Layout, student: Student, reference: Student, draw: Draw
) -> None:
    num_heads, d_head = draw.sizes("H", "d_head")
    d_model = num_heads * d_head + draw.integer(1, num_heads - 1)
    student.expect_error(
        lambda: layout.build(student, d_model, num_heads),
        ("ValueError", "AssertionError"),
        f"{layout.exercise}({d_model}, {num_heads}) should raise a ValueError: "
        f"{num_heads} does not divide {d_model}.",
        "no_error_when_indivisible",
    )
    layout.build(student, d_model, num_heads, d_head)


@_property(
    "self-attention equals the reference, whatever d_head is",
    "Follow one head: which numbers are its queries, and which width does its scale belong to?",
    weight=2,
)
def self_attention(layout: Layout, student: Student, reference: Student, draw: Draw) -> None:
    (d_model, _, d_head), (_, length) = draw_sizes(draw, "B", "L")
    wide = many(draw, d_model, 75), 2, many(draw, d_head, 33)
    modules = layout.twins(student, reference, draw, wide, False, torch.float64)
    x = draw.normal(1, many(draw, length, 65), wide[0], dtype=torch.float64)
    told = {"L": x.shape[1], "d_model": wide[0], "d_head": wide[2]}
    compare_large(draw, lambda module: module(x), modules, OUTPUT, **told)
    sizes, (b, length) = draw_sizes(draw, "B", "L")
    module, twin = layout.twins(student, reference, draw, sizes)
    x = draw.normal(length, b, sizes[0]).transpose(0, 1)
    expect.close(module(x), twin(x), "the output", OUTPUT)


@_property(
    "heads of the usual width, d_model // num_heads",
    "Here a forgotten projection changes no shape. Are all four at work?",
)
def heads_of_the_usual_width(
    layout: Layout, student: Student, reference: Student, draw: Draw
) -> None:
    (_, few, width), (b, length) = _usual_sizes(draw, "B", "L")
    num_heads, d_head = many(draw, few, layout.many_heads), 2 if draw.level == FULL else width
    d_model = num_heads * d_head
    state = draw.state(layout.shapes(d_model, num_heads, d_head, True))
    modules = twins(student, reference, lambda of: layout.build(of, d_model, num_heads), state)
    x, context = draw.normal(b, length, d_model), draw.normal(b, length, d_model)
    compare_large(draw, lambda module: module(x), modules, OUTPUT, H=num_heads)
    compare_large(draw, lambda module: module(x, context), modules, OUTPUT, H=num_heads)


@_property(
    "cross-attention takes keys and values from the context",
    "Who asks, and who is asked?",
)
def cross_attention(layout: Layout, student: Student, reference: Student, draw: Draw) -> None:
    sizes, (b, l_q, l_k) = draw_sizes(draw, "B", "L_q", "L_k")
    module, twin = layout.twins(student, reference, draw, sizes)
    x, context = draw.normal(b, l_q, sizes[0]), draw.normal(b, many(draw, l_k), sizes[0])
    expect.close(module(x, context), twin(x, context), "the output", OUTPUT)


def _masks(draw: Draw, b: int, h: int, l_q: int, l_k: int) -> list[torch.Tensor]:
    """Masks of every shape that has a meaning, each with something to attend to in every row."""
    return [
        draw.mask(l_q, l_k),
        draw.mask(l_k),
        draw.mask(b, 1, 1, l_k),
        draw.mask(b, h, l_q, l_k),
    ]


@_property(
    "obeys masks: one for all, one for each sequence, one for each head",
    "Is the mask part of the call, and does every head get its own part of it?",
    weight=2,
)
def obeys_the_mask(layout: Layout, student: Student, reference: Student, draw: Draw) -> None:
    sizes, (b, l_q, l_k) = draw_sizes(draw, "B", "L_q", "L_k")
    module, twin = layout.twins(student, reference, draw, sizes)
    x, context = draw.normal(b, l_q, sizes[0]), draw.normal(b, l_k, sizes[0])
    for mask in _masks(draw, b, sizes[1], l_q, l_k):
        want = twin(x, context, mask)
        expect.close(module(x, context, mask=mask), want, "the output", OUTPUT)


@_property(
    "a mask (H, L_q, L_k) belongs to the heads, also when there are as many sequences",
    "Broadcasting lines axes up from the right. Which axis of (B, H, L_q, L_k) does H meet?",
)
def mask_of_the_heads(layout: Layout, student: Student, reference: Student, draw: Draw) -> None:
    sizes, (l_q, l_k) = draw_sizes(draw, "L_q", "L_k")
    b = sizes[1]
    module, twin = layout.twins(student, reference, draw, sizes)
    x, context = draw.normal(b, l_q, sizes[0]), draw.normal(b, l_k, sizes[0])
    for queries, mask in ((x, draw.mask(b, l_q, l_k)), (x[:, :1], draw.mask(b, 1, l_k))):
        want = twin(queries, context, mask)
        expect.close(module(queries, context, mask=mask), want, "the output", OUTPUT)


def _mask_with_empty_rows(draw: Draw, b: int, h: int, l_q: int, l_k: int) -> torch.Tensor:
    """Query 0 sees nothing in any head, the last sequence nothing at all, one row in one head."""
    mask = draw.mask(b, h, l_q, l_k)
    mask[:, :, 0] = False
    mask[-1] = False
    mask[0, h - 1, l_q - 1] = False
    return mask


@_property(
    "a query with nothing to attend to gets o_proj's bias",
    "What does a head deliver where no key is allowed, and what does o_proj make of it?",
)
def empty_rows(layout: Layout, student: Student, reference: Student, draw: Draw) -> None:
    sizes, (b, l_q, l_k) = draw_sizes(draw, "B", "L_q", "L_k")
    module, twin = layout.twins(student, reference, draw, sizes)
    x, context = draw.normal(b, l_q, sizes[0]), draw.normal(b, l_k, sizes[0])
    for mask in (
        _mask_with_empty_rows(draw, b, sizes[1], l_q, l_k),
        of_queries(draw, b, l_q),
    ):
        want = twin(x, context, mask)
        expect.close(module(x, context, mask=mask), want, "the output", OUTPUT)


@_property(
    "a sequence does not know of the others in its batch",
    "Does any step of yours join, cut or sum along the axis of the batch?",
)
def every_sequence_by_itself(
    layout: Layout, student: Student, reference: Student, draw: Draw
) -> None:
    sizes, (b, length) = draw_sizes(draw, "B", "L")
    module, twin = layout.twins(student, reference, draw, sizes, dtype=torch.float64)
    x = draw.normal(many(draw, b + 1, 65), min(length, 3), sizes[0], dtype=torch.float64)
    alone, want = module(x[:1]), twin(x)
    expect.close(alone, want[:1], "the output of a single sequence", OUTPUT)
    expect.close(module(x), want, f"the output of a batch of {len(x)}", OUTPUT)


@_property(
    "heads may change places, if their columns of o_proj do too",
    "Which rows of q_proj, and which columns of o_proj, belong to head 0?",
)
def heads_change_places(layout: Layout, student: Student, reference: Student, draw: Draw) -> None:
    (d_model, num_heads, d_head), (b, length) = draw_sizes(draw, "B", "L")
    module, twin = layout.twins(
        student, reference, draw, (d_model, num_heads, d_head), dtype=torch.float64
    )
    x = draw.normal(b, length, d_model, dtype=torch.float64)
    want = twin(x)
    order = [*range(1, num_heads), 0]
    load(module, layout.permuted(twin.state_dict(), order, d_head))
    expect.close(module(x), want, "the output with the heads in another order", OUTPUT)


@_property(
    "gives the same answer twice, and leaves x, context and mask as they are",
    "Is something random at work in evaluation mode? Which line writes into an argument?",
)
def answers_alike_and_leaves_its_inputs(
    layout: Layout, student: Student, reference: Student, draw: Draw
) -> None:
    sizes, (b, l_q, l_k) = draw_sizes(draw, "B", "L_q", "L_k")
    module, twin = layout.twins(student, reference, draw, sizes, dtype=torch.float64)
    x = draw.normal(b, l_q, sizes[0], dtype=torch.float64)
    context = draw.normal(b, l_k, sizes[0], dtype=torch.float64)
    mask = _mask_with_empty_rows(draw, b, sizes[1], l_q, l_k)
    shape = (b, l_q, sizes[0])
    first = expect.tensor(module(x, context, mask=mask), "the output", OUTPUT, shape)
    student.expect_inputs_unchanged("the tensor x", "the tensor context", "the mask")
    again = expect.tensor(module(x, context, mask=mask), "the output", OUTPUT, shape)
    expect.true(
        bool(expect.same_values(again, first).all()),
        "In evaluation mode the same input gives another output each time.",
        "dropout_active",
    )
    expect.close(first, twin(x, context, mask), "the output", OUTPUT)


@_property(
    "every projection learns, and the gradients reach x and context",
    "Is each projection used in forward, and does nothing cut the graph?",
    weight=2,
)
def sends_the_right_gradients(
    layout: Layout, student: Student, reference: Student, draw: Draw
) -> None:
    sizes, (b, l_q, l_k) = draw_sizes(draw, "B", "L_q", "L_k")
    modules = layout.twins(student, reference, draw, sizes, dtype=torch.float64)
    x = draw.normal(b, l_q, sizes[0], dtype=torch.float64).requires_grad_()
    context = draw.normal(b, l_k, sizes[0], dtype=torch.float64).requires_grad_()
    direction = draw.normal(b, l_q, sizes[0], dtype=torch.float64)
    mask = _mask_with_empty_rows(draw, b, sizes[1], l_q, l_k)
    inputs = {"x": (x, "B L_q d_model"), "context": (context, "B L_k d_model")}
    expect_parameter_gradients(student, reference, modules, inputs, direction, mask=mask)


@_property(
    "is right, and keeps the dtype and the device of its input",
    "Which of your tensors are made without the dtype or the device of the input?",
)
def keeps_dtype_and_device(
    layout: Layout, student: Student, reference: Student, draw: Draw
) -> None:
    sizes, (b, l_q, l_k) = draw_sizes(draw, "B", "L_q", "L_k")
    one_head = (sizes[0], 1, sizes[2])
    for dtype, tolerance, heads in (
        (torch.float64, None, one_head),
        (torch.bfloat16, 0.1, sizes),
    ):
        module, twin = layout.twins(student, reference, draw, heads, dtype=dtype)
        x, context = (draw.normal(b, n, sizes[0], dtype=dtype) for n in (l_q, l_k))
        mask = draw.mask(b, 1, l_q, l_k)
        want = twin(x, context, mask)
        expect.close(module(x, context, mask=mask), want, "the output", OUTPUT, tolerance)
    moved = layout.build(student, *sizes).to("meta")
    x, context = draw.normal(b, l_q, sizes[0]), draw.normal(b, l_k, sizes[0])
    expect_other_device(moved, x, context)
    expect_other_device(
        lambda x, context, mask: moved(x, context, mask=mask), x, context, draw.mask(l_q, l_k)
    )
