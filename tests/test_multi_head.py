"""The multi-head references beside PyTorch's own modules, and what they cost, counted."""

import itertools
import sys
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn.functional import scaled_dot_product_attention
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from autograder import course

sys.path.insert(0, str(Path(__file__).parent / "benchmarks"))
import multi_head_speed  # noqa: E402

REFERENCE = course.reference_namespace("04_multi_head")
PARAMETER_COUNT = course.reference_namespace("03_many_heads")["parameter_count"]
TOLERANCE = {torch.float32: 2e-5, torch.float64: 1e-10}
D_MODEL, H, D_HEAD = 12, 3, 5


def close(got, want):
    for a, b in zip(got, want, strict=True):
        scale = b.abs().max().clamp(min=1e-2).item()
        torch.testing.assert_close(a, b, rtol=0, atol=TOLERANCE[b.dtype] * scale)


def with_gradients(output, inputs):
    torch.manual_seed(2)
    direction = torch.randn(output.shape, dtype=output.dtype)
    return [output, *torch.autograd.grad(output, inputs, direction)]


def inputs_of(dtype, cross):
    torch.manual_seed(1)
    x = torch.randn(2, 7, D_MODEL, dtype=dtype).requires_grad_()
    return (x, torch.randn(2, 6, D_MODEL, dtype=dtype).requires_grad_()) if cross else (x, x)


CASES = list(itertools.product(TOLERANCE, (False, True), (False, True), (False, True)))


@pytest.mark.parametrize(("dtype", "cross", "masked", "bias"), CASES)
def test_loop_and_fused_are_equal(dtype, cross, masked, bias):
    loop = REFERENCE["MultiHeadLoop"](D_MODEL, H, D_HEAD, bias=bias).to(dtype)
    fused = REFERENCE["MultiHeadAttention"](D_MODEL, H, D_HEAD, bias=bias).to(dtype)
    fused.load_state_dict(REFERENCE["fuse_heads"](loop))
    x, context = inputs_of(dtype, cross)
    mask = torch.rand(2, H, x.shape[1], context.shape[1]) < 0.6 if masked else None
    wanted = [x, context] if cross else [x]
    close(
        with_gradients(fused(x, context, mask), [*wanted, fused.o_proj.weight]),
        with_gradients(loop(x, context, mask), [*wanted, loop.o_proj.weight]),
    )


@pytest.mark.parametrize(("dtype", "cross", "masked", "bias"), CASES)
def test_fused_equals_torchs_module(dtype, cross, masked, bias):
    theirs = nn.MultiheadAttention(D_MODEL, H, bias=bias, batch_first=True).to(dtype)
    if bias:
        nn.init.normal_(theirs.in_proj_bias)
        nn.init.normal_(theirs.out_proj.bias)
    ours = REFERENCE["MultiHeadAttention"](D_MODEL, H, bias=bias).to(dtype)
    ours.load_state_dict(REFERENCE["from_torch"](theirs))
    x, context = inputs_of(dtype, cross)
    mask = torch.rand(2, H, x.shape[1], context.shape[1]) < 0.6 if masked else None
    if masked:
        mask[..., 0] = True
    forbidden = None if mask is None else ~mask.flatten(0, 1)
    output, weights = theirs(x, context, context, attn_mask=forbidden, average_attn_weights=False)
    got, got_weights = ours(x, context, mask, return_weights=True)
    wanted = [x, context] if cross else [x]
    close(with_gradients(got, wanted), with_gradients(output, wanted))
    close([got_weights], [weights])


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_fused_equals_sdpa_in_its_one_line(dtype):
    ours = REFERENCE["MultiHeadAttention"](D_MODEL, H, D_HEAD).to(dtype)
    swapped = multi_head_speed.with_sdpa()(D_MODEL, H, D_HEAD).to(dtype)
    swapped.load_state_dict(ours.state_dict())
    x, context = inputs_of(dtype, cross=True)
    mask = torch.rand(2, H, 7, 6) < 0.6
    mask[0, 1, 2] = False
    close(
        with_gradients(ours(x, context, mask), [x, context]),
        with_gradients(swapped(x, context, mask), [x, context]),
    )


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_einsum_equals_sdpa(dtype):
    torch.manual_seed(3)
    x = torch.randn(2, 7, D_MODEL, dtype=dtype).requires_grad_()
    w_q, w_k, w_v = (torch.randn(H, D_MODEL, D_HEAD, dtype=dtype) * 0.3 for _ in range(3))
    w_o = torch.randn(H, D_HEAD, D_MODEL, dtype=dtype)
    mask = torch.rand(2, 1, 7, 7) < 0.6
    q, k, v = (x[:, None] @ each for each in (w_q, w_k, w_v))
    want = (scaled_dot_product_attention(q, k, v, mask) @ w_o).sum(1)
    got = REFERENCE["multi_head_einsum"](x, w_q, w_k, w_v, w_o, mask)
    close(with_gradients(got, [x]), with_gradients(want, [x]))


class Calls(TorchDispatchMode):
    """Counts operations."""

    count = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.count += 1
        return func(*args, **(kwargs or {}))


def cost(module, x):
    """(parameters, FLOPs, operations)."""
    with FlopCounterMode(display=False) as flops:
        module(x)
    with Calls() as calls:
        module(x)
    return sum(each.numel() for each in module.parameters()), flops.get_total_flops(), calls.count


def test_the_fused_form_costs_as_much_and_needs_no_loop():
    x = torch.randn(2, 5, 24)
    costs = {}
    for num_heads in (2, 3, 6):
        loop = REFERENCE["MultiHeadLoop"](24, num_heads)
        fused = REFERENCE["MultiHeadAttention"](24, num_heads)
        costs[num_heads] = cost(loop, x), cost(fused, x)
        assert costs[num_heads][0][:2] == costs[num_heads][1][:2]
        assert costs[num_heads][0][0] == PARAMETER_COUNT(24, num_heads, 24 // num_heads)
    assert len({fused[2] for _, fused in costs.values()}) == 1
    assert costs[2][0][2] < costs[3][0][2] < costs[6][0][2]


@pytest.mark.parametrize("bias", [True, False])
def test_the_count_is_that_of_the_module(bias):
    loop = REFERENCE["MultiHeadLoop"](D_MODEL, H, D_HEAD, bias=bias)
    count = sum(each.numel() for each in loop.parameters())
    assert PARAMETER_COUNT(D_MODEL, H, D_HEAD, bias=bias) == count
