"""Attention of a real model that can be broken from within, and tells what it sees.

``Watched`` goes into a ``Decoder`` in place of ``GroupedQueryAttention``: the same weights, and the
same output as long as its fault is ``HEALTHY``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from autograder import course


def _causal(length: int) -> Tensor:
    return torch.ones(length, length, dtype=torch.bool).tril()


def _window(width: int, sinks: int = 0) -> Callable[[int], Tensor]:
    def mask(length: int) -> Tensor:
        near = torch.ones(length, length, dtype=torch.bool).triu(1 - width)
        return _causal(length) & (near | (torch.arange(length) < sinks))

    return mask


def _chunks_top_left(size: int) -> Callable[[int], Tensor]:
    """Chunk after chunk, each with the diagonal of a square mask."""

    def mask(length: int) -> Tensor:
        row = torch.arange(length)[:, None]
        return torch.arange(length) <= row % size

    return mask


def _next_token_seen(length: int) -> Tensor:
    return torch.ones(length, length, dtype=torch.bool).tril(1)


@dataclass(frozen=True)
class AttentionFault:
    """What is wrong inside an attention layer.

    Attributes:
        name: what a table calls it.
        scale: factor on all scores, beside ``1 / sqrt(d_head)``.
        rope_base: base of the rotary positions in place of the model's.
        positions: positions of ``L`` tokens, ``(L,)``.
        mask: which keys are seen, ``(L, L)``, True = may attend.
        bits: keys and values are rounded to so many bits, with one scale for each vector.
        weights: a fault of ``attnlab.faults`` in the weights.
        layers: in which layers; None means all.
        dead: ``(layer, head)`` of heads whose output is 0.
    """

    name: str
    scale: float = 1.0
    rope_base: float | None = None
    positions: Callable[[int], Tensor] = torch.arange
    mask: Callable[[int], Tensor] = _causal
    bits: int | None = None
    weights: str | None = None
    layers: Collection[int] | None = None
    dead: tuple[tuple[int, int], ...] = ()


HEALTHY = AttentionFault("as trained")
ATTENTION_FAULTS = (
    AttentionFault("one token ahead is seen", mask=_next_token_seen),
    AttentionFault("no 1/sqrt(d_head)", scale=8.0),
    AttentionFault("divided by d_head", scale=1 / 8),
    AttentionFault("rotary base 10,000 for 100,000", rope_base=10_000.0),
    AttentionFault("positions start anew every 64", positions=lambda n: torch.arange(n) % 64),
    AttentionFault("chunks of 64, mask top left", mask=_chunks_top_left(64)),
    AttentionFault("window of 64", mask=_window(64)),
    AttentionFault("window of 60, first 4 tokens kept", mask=_window(60, sinks=4)),
    AttentionFault("cache in 4 bits", bits=4),
    AttentionFault("query heads tiled, all layers", weights="tiled"),
    AttentionFault("query heads tiled, one layer", weights="tiled", layers=(0,)),
    AttentionFault("three induction heads dead", dead=((17, 3), (17, 4), (17, 5))),
)
"""Faults, most of them after public bugs."""


@dataclass
class Watch:
    """What all layers of a model write into during one run.

    Attributes:
        fault: what is wrong.
        layer: the next layer.
        entropies: of each layer, of its attention weights in nats, mean over heads and queries.
        firsts: of each layer, mean weight of each head on the first token, ``(H,)``.
        max_score: largest scaled score so far, by amount.
        leak: largest weight so far on a key after its query.
        finite: whether all weights were numbers.
    """

    fault: AttentionFault = HEALTHY
    layer: int = 0
    entropies: list[Tensor] = field(default_factory=list)
    firsts: list[Tensor] = field(default_factory=list)
    max_score: float = 0.0
    leak: float = 0.0
    finite: bool = True


class Watched(nn.Module):
    """Grouped-query attention over a whole text that may be faulty and tells what it sees.

    Args:
        d_model, num_heads, num_kv_heads, d_head, bias, rope_base: as ``GroupedQueryAttention``.
    """

    def __init__(
        self,
        d_model: int,
        num_heads: int,
        num_kv_heads: int,
        d_head: int,
        bias: bool = False,
        rope_base: float | None = None,
    ) -> None:
        super().__init__()
        self.num_heads, self.num_kv_heads = num_heads, num_kv_heads
        self.d_head, self.rope_base = d_head, rope_base
        self.q_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, num_kv_heads * d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, num_kv_heads * d_head, bias=bias)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)
        self.watch = Watch()

    def forward(self, x: Tensor, mask: Tensor | None = None, cache: Any = None) -> Tensor:
        """``x (B, L, d_model)`` to the same; the mask is the fault's, and there is no cache."""
        watch, length = self.watch, x.shape[1]
        layer = watch.layer
        watch.layer += 1
        hit = watch.fault.layers is None or layer in watch.fault.layers
        wrong = watch.fault if hit else HEALTHY
        q, k, v = (
            proj(x).unflatten(-1, (-1, self.d_head)).transpose(1, 2)
            for proj in (self.q_proj, self.k_proj, self.v_proj)
        )  # (B, H, L, d_head), (B, H_kv, L, d_head) twice
        if self.rope_base is not None:
            rotary = course.reference_namespace("06_kv_cache")["rotary"]
            positions, base = wrong.positions(length), wrong.rope_base or self.rope_base
            q, k = rotary(q, positions, base), rotary(k, positions, base)
        if wrong.bits:
            k, v = _rounded(k, wrong.bits), _rounded(v, wrong.bits)
        group = self.num_heads // self.num_kv_heads
        k, v = (each.repeat_interleave(group, dim=1) for each in (k, v))
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.d_head) * wrong.scale  # (B, H, L, L)
        allowed = wrong.mask(length)
        weights = scores.masked_fill(~allowed, -math.inf).softmax(-1)
        _look(watch, scores, weights, allowed)
        heads = weights @ v  # (B, H, L, d_head)
        for dead_layer, head in watch.fault.dead:
            if dead_layer == layer:
                heads[:, head] = 0
        return self.o_proj(heads.transpose(1, 2).flatten(2))


def _rounded(x: Tensor, bits: int) -> Tensor:
    """Each vector in whole steps of its largest number: what a cache of so many bits gives back."""
    steps = 2 ** (bits - 1) - 1
    step = x.abs().amax(-1, keepdim=True).clamp(min=1e-12) / steps
    return (x / step).round() * step


def _look(watch: Watch, scores: Tensor, weights: Tensor, allowed: Tensor) -> None:
    """Note the signals of one layer."""
    entropy = -torch.special.xlogy(weights, weights).sum(-1)  # (B, H, L)
    watch.entropies.append(entropy.mean())
    watch.firsts.append(weights[..., 1:, 0].mean((0, -1)))  # (H,)
    watch.max_score = max(watch.max_score, scores.masked_fill(~allowed, 0).abs().max().item())
    watch.leak = max(watch.leak, weights.triu(1).max().item())
    watch.finite &= bool(weights.isfinite().all())
