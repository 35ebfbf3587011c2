"""Attention from ``(B, L, d)`` to ``(B, L, d)``, causal and not, for tests to tell apart."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from autograder.grading.draw import Draw

from .tested import Allowance, Tested, is_floats

LONGEST = 64
Attend = Callable[[Tensor], Tensor]


def _scores(x: Tensor) -> Tensor:
    return x @ x.mT / math.sqrt(x.shape[-1])  # (B, L, L)


def seen_keys(length: int, ahead: int = 0) -> Tensor:
    """Which keys each query sees, ``(L, L)``: those up to its own, and so many further on."""
    return torch.ones(length, length, dtype=torch.bool).tril(ahead)


def _masked(x: Tensor, mask: Tensor, values: Tensor | None = None) -> Tensor:
    scores = _scores(x).masked_fill(~mask, -math.inf)
    return torch.softmax(scores, dim=-1) @ (x if values is None else values)


def _plain(x: Tensor) -> Tensor:
    return _masked(x, seen_keys(x.shape[1]))


def _loop(x: Tensor) -> Tensor:
    rows = []
    for t in range(x.shape[1]):
        weights = torch.softmax(_scores(x[:, : t + 1])[:, -1], dim=-1)  # (B, t + 1)
        rows.append((weights[:, None] @ x[:, : t + 1])[:, 0])
    return torch.stack(rows, dim=1)


def _fused(x: Tensor) -> Tensor:
    return scaled_dot_product_attention(x, x, x, is_causal=True)


def _large_negative(x: Tensor) -> Tensor:
    scores = _scores(x).masked_fill(~seen_keys(x.shape[1]), torch.finfo(x.dtype).min)
    return torch.softmax(scores, dim=-1) @ x


def _renormalised(x: Tensor) -> Tensor:
    seen, scores = seen_keys(x.shape[1]), _scores(x)
    largest = scores.masked_fill(~seen, -math.inf).amax(dim=-1, keepdim=True)
    weights = (scores - largest).clamp(max=0).exp() * seen
    return weights / weights.sum(dim=-1, keepdim=True) @ x


def _rounds_otherwise(x: Tensor) -> Tensor:
    """Shifts all keys by a vector, another at each call: softmax cancels it, but for rounding."""
    keys = x + 8 * torch.randn(x.shape[-1], dtype=x.dtype)
    scores = (x @ keys.mT / math.sqrt(x.shape[-1])).masked_fill(~seen_keys(x.shape[1]), -math.inf)
    return torch.softmax(scores, dim=-1) @ x


def _two_heads(x: Tensor) -> Tensor:
    return torch.cat([_plain(each.contiguous()) for each in x.tensor_split(2, dim=-1)], dim=-1)


def _running_mean(draw: Draw) -> Attend:
    """The mean of values so far, each with a weight of its own; weights and values are drawn."""
    drawn = draw.normal(LONGEST).exp()
    projection = draw.normal(LONGEST, LONGEST)

    def attend(x: Tensor) -> Tensor:
        weights = drawn[: x.shape[1], None].to(x.dtype)  # (L, 1)
        d = x.shape[2]
        values = x @ (projection[:d, :d] / math.sqrt(d)).to(x.dtype)
        return (weights * values).cumsum(dim=1) / weights.cumsum(dim=0)

    return attend


def _window(width: int) -> Attend:
    def attend(x: Tensor) -> Tensor:
        return _masked(x, seen_keys(x.shape[1]) & ~seen_keys(x.shape[1], -width))

    return attend


def _wide(x: Tensor) -> Tensor:
    return _plain(x.double()).to(x.dtype)


def _inverted(x: Tensor) -> Tensor:
    return _masked(x, ~seen_keys(x.shape[1]) | torch.eye(x.shape[1], dtype=torch.bool))


def _first_sees_all(x: Tensor) -> Tensor:
    mask = seen_keys(x.shape[1])
    mask[0] = True
    return _masked(x, mask)


def _one_row(x: Tensor) -> Tensor:
    return torch.cat((_plain(x[:1]), _masked(x[1:], seen_keys(x.shape[1], x.shape[1]))))


def _blocks(size: int) -> Attend:
    def attend(x: Tensor) -> Tensor:
        block = torch.arange(x.shape[1]) // size
        return _masked(x, block[:, None] >= block)

    return attend


def _jump(ahead: int) -> Attend:
    def attend(x: Tensor) -> Tensor:
        length = x.shape[1]
        return _masked(
            x, seen_keys(length) | torch.eye(length, dtype=torch.bool).roll(ahead, 1).triu()
        )

    return attend


def _beyond(length: int) -> Attend:
    """The mask was made for so many tokens: later ones see everything."""

    def attend(x: Tensor) -> Tensor:
        mask = seen_keys(x.shape[1])
        mask[length:] = True
        return _masked(x, mask)

    return attend


def _ring(size: int) -> Attend:
    """Keys are written round a ring, and then all queries read what is left in it."""

    def attend(x: Tensor) -> Tensor:
        length = x.shape[1]
        if length <= size:
            return _plain(x)
        ring = x.clone()
        ring[:, : length - size] = x[:, size:]  # overwritten by the tokens a round later
        scores = (x @ ring.mT / math.sqrt(x.shape[-1])).masked_fill(~seen_keys(length), -math.inf)
        return torch.softmax(scores, dim=-1) @ ring

    return attend


def _soft(x: Tensor) -> Tensor:
    return torch.softmax(_scores(x) - 10.0 * ~seen_keys(x.shape[1]), dim=-1) @ x


def _not_renormalised(x: Tensor) -> Tensor:
    return torch.softmax(_scores(x), dim=-1) * seen_keys(x.shape[1]) @ x


def _centred(x: Tensor) -> Tensor:
    return _plain(x - x.mean(dim=1, keepdim=True))


def _quantised(x: Tensor) -> Tensor:
    step = x.square().mean(dim=(1, 2), keepdim=True).sqrt().clamp(min=1e-30) / 16
    return _masked(x, seen_keys(x.shape[1]), (x / step).round() * step)


def right_ones(draw: Draw) -> list[Tested]:
    """Causal ones, of every kind."""
    return [
        _tested("masked with -inf", True, _plain),
        _tested("a loop over positions", True, _loop),
        _tested("PyTorch's fused attention", True, _fused),
        _tested("masked with the most negative number of the dtype", True, _large_negative),
        _tested("masked after the softmax and divided by the sum", True, _renormalised),
        _tested("two heads", True, _two_heads),
        _tested("a window of a few tokens", True, _window(draw.integer(3, 6))),
        _tested("a mean of the values so far", True, _running_mean(draw)),
        _tested("computed in float64", True, _wide),
        _tested("rounded otherwise at each call", True, _rounds_otherwise),
    ]


def tame_ones(draw: Draw) -> list[Tested]:
    """Two causal ones that hardly any test rejects."""
    return [
        _tested("masked with -inf", True, _plain),
        _tested("a mean of the values so far", True, _running_mean(draw)),
    ]


def open_ones() -> list[Tested]:
    """Wrong: they leak at once."""
    return [
        _tested("no mask", False, lambda x: _masked(x, seen_keys(x.shape[1], x.shape[1]))),
        _tested("the mask inverted", False, _inverted),
        _tested(
            "each token sees the next one", False, lambda x: _masked(x, seen_keys(x.shape[1], 1))
        ),
    ]


def hidden_ones(draw: Draw) -> list[Tested]:
    """Wrong: they leak at some positions, in some rows, or from some length on."""
    ahead = draw.integer(2, 4)
    return [
        _tested("the first token sees all", False, _first_sees_all),
        _tested("only the first sequence of the batch is masked", False, _one_row),
        _tested("blocks of 3 tokens see themselves whole", False, _blocks(3)),
        _tested("blocks of 4 tokens see themselves whole", False, _blocks(4)),
        _tested(f"each token sees the one {ahead} places later", False, _jump(ahead)),
        _tested("a mask for the first tokens only", False, _beyond(draw.integer(17, 20))),
        _tested("a ring buffer that is full", False, _ring(draw.integer(12, 16))),
    ]


def faint_ones() -> list[Tested]:
    """Wrong: little leaks."""
    return [
        _tested("10 taken from masked scores, not infinity", False, _soft),
        _tested("masked after the softmax, not divided by the sum", False, _not_renormalised),
        _tested("the mean of the whole sequence taken off first", False, _centred),
        _tested("values in few bits, one scale for the whole sequence", False, _quantised),
    ]


def _tested(name: str, is_right: bool, attend: Attend) -> Tested:
    def make() -> Attend:
        allowance = Allowance()

        def called(x: Tensor) -> Tensor:
            if not is_floats(x, 3, LONGEST):
                raise ValueError(
                    f"attend takes (B, L, d) in float32 or float64, each axis 1 to {LONGEST}"
                )
            allowance.spend(x)
            with torch.no_grad():
                return attend(x.detach().clone())

        return called

    return Tested(name, is_right, make)
