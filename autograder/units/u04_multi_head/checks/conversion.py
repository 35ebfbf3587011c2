"""Checks of fuse_heads and from_torch: weights carried over."""

from typing import Any

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import FULL, Draw
from autograder.grading.expect_modules import expect_state, load
from autograder.grading.student_protocol import Student
from autograder.units.shared import multi_head
from autograder.units.shared.inputs import many


def _expect_untouched(module: Any, state: dict[str, torch.Tensor]) -> None:
    """Demand that a module still has the weights that it was given."""
    state_now = module.state_dict()
    for name, value in state.items():
        expect.unchanged(value, state_now.get(name, value[:0]), f"The weight {name} of the module")


def _loop(
    student: Student,
    reference: Student,
    draw: Draw,
    bias: bool,
    dtype: torch.dtype = torch.float32,
    sizes: multi_head.Sizes | None = None,
) -> tuple[Any, Any, dict[str, torch.Tensor]]:
    """The learner's loop of heads, the reference's, and the weights of both."""
    d_model, num_heads, d_head = sizes or multi_head.draw_sizes(draw)[0]
    state = draw.state(multi_head.loop_shapes(d_model, num_heads, d_head, bias), dtype)
    loop, twin = (
        of.MultiHeadLoop(d_model, num_heads, d_head, bias=bias).to(dtype)
        for of in (student, reference)
    )
    for module in (loop, twin):
        load(module, state)
    return loop, twin, state


@check(
    "fuse_heads",
    "joins the weights of the heads, head 0 first, with biases and without",
    "Row r of a weight makes output r. Which rows must the first d_head outputs come from?",
    weight=2,
)
def joins_the_weights(student: Student, reference: Student, draw: Draw) -> None:
    (d_model, _, d_head), _ = multi_head.draw_sizes(draw)
    wide = many(draw, d_model, 75), 2, many(draw, d_head, 33)
    for bias, dtype, sizes in ((True, torch.float32, None), (False, torch.float64, wide)):
        loop, twin, _ = _loop(student, reference, draw, bias, dtype, sizes)
        expect_state(student.fuse_heads(loop), reference.fuse_heads(twin))


@check(
    "fuse_heads",
    "keeps the order of the heads, also of more than ten",
    "In which order do the names heads.2 and heads.10 come when they are sorted?",
)
def keeps_the_order_of_many_heads(student: Student, reference: Student, draw: Draw) -> None:
    (d_model, _, d_head), _ = multi_head.draw_sizes(draw)
    sizes = d_model, many(draw, 11, 15), d_head
    loop, twin, _ = _loop(student, reference, draw, False, sizes=sizes)
    expect_state(student.fuse_heads(loop), reference.fuse_heads(twin))


@check(
    "fuse_heads",
    "the fused module computes what the loop computes",
    "Which weight makes the first numbers of the queries of head 0?",
)
def computes_the_same(student: Student, reference: Student, draw: Draw) -> None:
    loop, twin, state = _loop(student, reference, draw, True, torch.float64)
    got = student.fuse_heads(loop)
    expect_state(got, reference.fuse_heads(twin))
    d_model, width = state["o_proj.weight"].shape
    d_head = state["heads.0.q_proj.weight"].shape[0]
    fused = reference.MultiHeadAttention(d_model, width // d_head, d_head).to(torch.float64)
    fused.load_state_dict(got)
    x = draw.normal(2, 5, d_model, dtype=torch.float64)
    expect.close(fused(x), twin(x), "the output of the fused module", multi_head.OUTPUT)


@check(
    "fuse_heads",
    "is right, and leaves the loop as it is",
    "Which of your lines writes into a weight of the loop?",
)
def leaves_the_loop(student: Student, reference: Student, draw: Draw) -> None:
    loop, twin, state = _loop(student, reference, draw, True)
    expect_state(student.fuse_heads(loop), reference.fuse_heads(twin))
    _expect_untouched(loop, state)


def _torch_module(
    student: Student,
    reference: Student,
    draw: Draw,
    bias: bool,
    dtype: torch.dtype = torch.float32,
    sizes: tuple[int, int] | None = None,
) -> tuple[Any, Any, dict[str, torch.Tensor], tuple[int, int]]:
    """PyTorch's module with drawn weights, in the learner's process and here.

    Returns:
        The two modules, the weights of both, and (d_model, H).
    """
    num_heads, d_head = sizes or draw.sizes("H", "d_head")
    d_model = num_heads * d_head
    shapes: dict[str, tuple[int, ...]] = {
        "in_proj_weight": (3 * d_model, d_model),
        "out_proj.weight": (d_model, d_model),
    }
    if bias:
        shapes |= {"in_proj_bias": (3 * d_model,), "out_proj.bias": (d_model,)}
    state = draw.state(shapes, dtype)
    module, twin = (
        of.nn.MultiheadAttention(d_model, num_heads, bias=bias, batch_first=True).to(dtype)
        for of in (student, reference)
    )
    for target in (module, twin):
        target.load_state_dict(state)
    return module, twin, state, (d_model, num_heads)


@check(
    "from_torch",
    "cuts PyTorch's weights into q, k and v, with biases and without",
    "Which rows of in_proj_weight make the queries, which the keys, which the values?",
    weight=2,
)
def cuts_the_weights(student: Student, reference: Student, draw: Draw) -> None:
    h, d_head = draw.sizes("H", "d_head")
    wide = many(draw, h, 25), 3 if draw.level == FULL else d_head
    for bias, dtype, sizes in ((True, torch.float32, None), (False, torch.float64, wide)):
        module, twin, *_ = _torch_module(student, reference, draw, bias, dtype, sizes)
        expect_state(student.from_torch(module), reference.from_torch(twin))


@check(
    "from_torch",
    "our module computes what PyTorch's computes",
    "Are the biases carried over? In a fresh module they are zeros and hide it.",
)
def computes_what_torch_computes(student: Student, reference: Student, draw: Draw) -> None:
    module, twin, _, (d_model, num_heads) = _torch_module(
        student, reference, draw, True, torch.float64
    )
    got = student.from_torch(module)
    expect_state(got, reference.from_torch(twin))
    ours = reference.MultiHeadAttention(d_model, num_heads).to(torch.float64)
    ours.load_state_dict(got)
    x = draw.normal(2, 5, d_model, dtype=torch.float64)
    expect.close(ours(x), twin(x, x, x)[0], "the output of our module", multi_head.OUTPUT)


@check(
    "from_torch",
    "is right, and leaves PyTorch's module as it is",
    "Which of your lines writes into a weight of the module?",
)
def leaves_torchs_module(student: Student, reference: Student, draw: Draw) -> None:
    module, twin, state, _ = _torch_module(student, reference, draw, True)
    expect_state(student.from_torch(module), reference.from_torch(twin))
    _expect_untouched(module, state)
