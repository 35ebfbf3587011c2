"""Checks of unit 04: splitting and merging heads, all heads at once, weights carried over."""

from typing import Any

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.expect_modules import expect_other_device, expect_state, projection_shapes
from autograder.grading.student_protocol import Student
from autograder.units.shared import multi_head

HEADS = "B H L d_head"
MERGED = "B L width"
DTYPES = (torch.float32, torch.float64)


def _numbered(b: int, length: int, width: int) -> torch.Tensor:
    """Numbers that tell where they come from: 0, 1, 2 ..."""
    return torch.arange(b * length * width, dtype=torch.float32).reshape(b, length, width)


@check(
    "split_heads",
    "every head gets its own part of every token",
    "Take token 0. Which of its numbers belong to head 0, and where do they stand in your result?",
    weight=2,
)
def gives_each_head_its_part(student: Student, reference: Student, draw: Draw) -> None:
    b, h, length, d_head = draw.sizes("B", "H", "L", "d_head")
    x = _numbered(b, length, h * d_head)
    expect.close(student.split_heads(x, h), reference.split_heads(x, h), "the heads", HEADS)
    x = draw.normal(b, length, h * d_head, dtype=torch.float64)
    expect.close(student.split_heads(x, h), reference.split_heads(x, h), "the heads", HEADS)


@check(
    "split_heads",
    "takes one head, and as many heads as numbers",
    "How wide is a head when there is only one? And when there are as many as numbers?",
)
def splits_at_both_ends(student: Student, reference: Student, draw: Draw) -> None:
    b, length, width = draw.sizes("B", "L", "d_head")
    x = draw.normal(b, length, width)
    for h in (1, width):
        expect.close(student.split_heads(x, h), reference.split_heads(x, h), "the heads", HEADS)


@check(
    "split_heads",
    "takes a tensor whose memory is in another order, and leaves it as it is",
    "`view` needs memory in order. Which call does not?",
)
def splits_transposed_memory(student: Student, reference: Student, draw: Draw) -> None:
    b, h, length, d_head = draw.sizes("B", "H", "L", "d_head")
    x = draw.normal(b, h * d_head, length).transpose(1, 2)
    expect.close(student.split_heads(x, h), reference.split_heads(x, h), "the heads", HEADS)
    student.expect_inputs_unchanged("the tensor")


@check(
    "split_heads",
    "sends the gradient of each head back to its part",
    "Does every step of yours stay inside PyTorch?",
)
def splits_the_gradient(student: Student, reference: Student, draw: Draw) -> None:
    b, h, length, d_head = draw.sizes("B", "H", "L", "d_head")
    x = draw.normal(b, length, h * d_head, dtype=torch.float64).requires_grad_()
    _compare_gradients(student, reference, draw, x, "split_heads", (b, h, length, d_head), h)


def _compare_gradients(
    student: Student,
    reference: Student,
    draw: Draw,
    x: torch.Tensor,
    name: str,
    shape: tuple[int, ...],
    *arguments: int,
) -> None:
    direction = draw.normal(*shape, dtype=torch.float64)
    want = torch.autograd.grad(getattr(reference, name)(x, *arguments), x, direction)[0]
    output = getattr(student, name)(x, *arguments)
    output = expect.tensor(output, "the result", HEADS if len(shape) == 4 else MERGED, shape)
    (got,) = student.gradients(output, [x], direction)
    expect.close(got, want, "the gradient of x", HEADS if x.dim() == 4 else MERGED)


@check(
    "merge_heads",
    "puts the heads of each token side by side, head 0 first",
    "Where does the first number of head 1 belong in the vector of its token?",
    weight=2,
)
def puts_heads_side_by_side(student: Student, reference: Student, draw: Draw) -> None:
    b, h, length, d_head = draw.sizes("B", "H", "L", "d_head")
    x = _numbered(b * h, length, d_head).reshape(b, h, length, d_head)
    expect.close(student.merge_heads(x), reference.merge_heads(x), "the result", MERGED)
    x = draw.normal(b, h, length, d_head, dtype=torch.float64)
    expect.close(student.merge_heads(x), reference.merge_heads(x), "the result", MERGED)


@check(
    "merge_heads",
    "takes heads whose memory is in another order, and leaves them as they are",
    "`view` needs memory in order. Which call does not?",
)
def merges_transposed_memory(student: Student, reference: Student, draw: Draw) -> None:
    b, h, length, d_head = draw.sizes("B", "H", "L", "d_head")
    for x in (
        draw.normal(b, length, h, d_head).transpose(1, 2),
        draw.normal(b, h, d_head, length).transpose(2, 3),
    ):
        expect.close(student.merge_heads(x), reference.merge_heads(x), "the result", MERGED)
        student.expect_inputs_unchanged("the tensor")


@check(
    "merge_heads",
    "sends the gradient of each part back to its head",
    "Does every step of yours stay inside PyTorch?",
)
def merges_the_gradient(student: Student, reference: Student, draw: Draw) -> None:
    b, h, length, d_head = draw.sizes("B", "H", "L", "d_head")
    x = draw.normal(b, h, length, d_head, dtype=torch.float64).requires_grad_()
    _compare_gradients(student, reference, draw, x, "merge_heads", (b, length, h * d_head))


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


FUSED = multi_head.Kind("MultiHeadAttention", _shapes, _permuted)
multi_head.register(FUSED)


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
    is_pair = isinstance(got, (tuple, list)) and len(got) == 2
    expect.true(
        is_pair,
        "return_weights=True should give two tensors: (output, weights).",
        "weights_not_returned" if isinstance(got, torch.Tensor) else None,
    )
    output, weights = twin(x, context, mask=mask, return_weights=True)
    expect.close(got[1], weights, "the weights", "B H L_q L_k")
    expect.close(got[0], output, "the output", multi_head.OUTPUT)
    plain = module(x, context, mask=mask)
    expect.true(
        isinstance(plain, torch.Tensor),
        "Without return_weights there should be one tensor: the output.",
        "always_returns_weights" if isinstance(plain, (tuple, list)) else None,
    )
    expect.close(plain, output, "the output", multi_head.OUTPUT)


def _einsum_inputs(
    draw: Draw, sizes: tuple[int, int, int], b: int, length: int, dtype: torch.dtype = torch.float32
) -> list[torch.Tensor]:
    d_model, num_heads, d_head = sizes
    x = draw.normal(b, length, d_model, dtype=dtype)
    into = [
        draw.normal(num_heads, d_model, d_head, std=1.4 * d_model**-0.5, dtype=dtype)
        for _ in range(3)
    ]
    std = 1.4 * (num_heads * d_head) ** -0.5
    return [x, *into, draw.normal(num_heads, d_head, d_model, std=std, dtype=dtype)]


def _compare_einsum(
    student: Student, reference: Student, inputs: list[torch.Tensor], *mask: torch.Tensor
) -> None:
    want = reference.multi_head_einsum(*inputs, *mask)
    expect.close(student.multi_head_einsum(*inputs, *mask), want, "the output", "B L d_model")


@check(
    "multi_head_einsum",
    "equals the reference, whatever d_head is",
    "Write the letters of every axis under its tensor. Which letters disappear, and when?",
    weight=2,
)
def equals_the_reference(student: Student, reference: Student, draw: Draw) -> None:
    for dtype in DTYPES:
        sizes, (b, length) = multi_head.draw_sizes(draw, "B", "L")
        _compare_einsum(student, reference, _einsum_inputs(draw, sizes, b, length, dtype))


@check(
    "multi_head_einsum",
    "obeys masks, also one for each head",
    "Is the mask part of the call? Which axis of (B, H, L, L) does each of its axes meet?",
    weight=2,
)
def einsum_obeys_the_mask(student: Student, reference: Student, draw: Draw) -> None:
    sizes, (length,) = multi_head.draw_sizes(draw, "L")
    b = h = sizes[1]
    inputs = _einsum_inputs(draw, sizes, b, length)
    for mask in (
        draw.mask(length, length),
        draw.mask(b, 1, 1, length),
        draw.mask(h, length, length),
        draw.mask(b, h, length, length),
    ):
        _compare_einsum(student, reference, inputs, mask)


@check(
    "multi_head_einsum",
    "a query with nothing to attend to gets zeros; the gradients are right and never NaN",
    "Does every step of yours stay inside PyTorch? Where could 0 / 0 arise?",
)
def einsum_gradients(student: Student, reference: Student, draw: Draw) -> None:
    sizes, (b, length) = multi_head.draw_sizes(draw, "B", "L")
    inputs = [
        tensor.requires_grad_() for tensor in _einsum_inputs(draw, sizes, b, length, torch.float64)
    ]
    mask = draw.mask(b, 1, length, length)
    mask[:, :, 0] = False
    want_output = reference.multi_head_einsum(*inputs, mask)
    direction = draw.normal(*want_output.shape, dtype=torch.float64)
    want = torch.autograd.grad(want_output, inputs, direction)
    output = student.multi_head_einsum(*inputs, mask)
    expect.close(output, want_output, "the output", "B L d_model")
    got = student.gradients(output, inputs, direction)
    axes = ["B L d_model", *["H d_model d_head"] * 3, "H d_head d_model"]
    for i, name in enumerate(("x", "w_q", "w_k", "w_v", "w_o")):
        expect.finite(got[i], f"the gradient of {name}", axes[i])
        expect.close(got[i], want[i], f"the gradient of {name}", axes[i])


@check(
    "multi_head_einsum",
    "is right, and leaves its arguments as they are",
    "Which of your lines writes into x, a weight or the mask?",
)
def einsum_leaves_its_arguments(student: Student, reference: Student, draw: Draw) -> None:
    sizes, (b, length) = multi_head.draw_sizes(draw, "B", "L")
    mask = draw.mask(length, length)
    mask[0] = False
    _compare_einsum(student, reference, _einsum_inputs(draw, sizes, b, length), mask)
    names = ("x", "w_q", "w_k", "w_v", "w_o")
    student.expect_inputs_unchanged(*(f"the tensor {name}" for name in names), "the mask")


@check(
    "multi_head_einsum",
    "keeps the dtype and the device of its input",
    "Which of your tensors are made without the dtype or the device of the input?",
)
def einsum_keeps_dtype_and_device(student: Student, reference: Student, draw: Draw) -> None:
    sizes, (b, length) = multi_head.draw_sizes(draw, "B", "L")
    for dtype, tolerance in ((torch.float64, None), (torch.bfloat16, 0.1)):
        inputs = _einsum_inputs(draw, sizes, b, length, dtype)
        want = reference.multi_head_einsum(*inputs)
        got = student.multi_head_einsum(*inputs)
        expect.close(got, want, "the output", "B L d_model", tolerance)
    expect_other_device(student.multi_head_einsum, *inputs)
    expect_other_device(student.multi_head_einsum, *inputs, draw.mask(length, length))


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
    num_heads: int | None = None,
) -> tuple[Any, Any, dict[str, torch.Tensor]]:
    """The learner's loop of heads, the reference's, and the weights of both."""
    (d_model, drawn_heads, d_head), _ = multi_head.draw_sizes(draw)
    num_heads = num_heads or drawn_heads
    state = draw.state(multi_head.loop_shapes(d_model, num_heads, d_head, bias), dtype)
    loop, twin = (
        of.MultiHeadLoop(d_model, num_heads, d_head, bias=bias).to(dtype)
        for of in (student, reference)
    )
    for module in (loop, twin):
        module.load_state_dict(state)
    return loop, twin, state


@check(
    "fuse_heads",
    "joins the weights of the heads, head 0 first, with biases and without",
    "Row r of a weight makes output r. Which rows must the first d_head outputs come from?",
    weight=2,
)
def joins_the_weights(student: Student, reference: Student, draw: Draw) -> None:
    for bias, dtype in ((True, torch.float32), (False, torch.float64)):
        loop, twin, _ = _loop(student, reference, draw, bias, dtype)
        expect_state(student.fuse_heads(loop), reference.fuse_heads(twin))


@check(
    "fuse_heads",
    "keeps the order of the heads, also of more than ten",
    "In which order do the names heads.2 and heads.10 come when they are sorted?",
)
def keeps_the_order_of_many_heads(student: Student, reference: Student, draw: Draw) -> None:
    loop, twin, _ = _loop(student, reference, draw, False, num_heads=11 + draw.integer(0, 2))
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
    student: Student, reference: Student, draw: Draw, bias: bool, dtype: torch.dtype = torch.float32
) -> tuple[Any, Any, dict[str, torch.Tensor], tuple[int, int]]:
    """PyTorch's module with drawn weights, in the learner's process and here.

    Returns:
        The two modules, the weights of both, and (d_model, H).
    """
    num_heads, d_head = draw.sizes("H", "d_head")
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
    for bias, dtype in ((True, torch.float32), (False, torch.float64)):
        module, twin, *_ = _torch_module(student, reference, draw, bias, dtype)
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
