"""Faults that are put into a real model's weights and taken out again.

They change weights only, so they work whatever attention class the model was built around.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from attnlab.decoder import Decoder, DecoderShape

_Weights = dict[str, nn.Parameter]


def _tiled(weights: _Weights, shape: DecoderShape) -> None:
    """Query head h meets KV head h % H_kv: the query heads change places, q and o alike."""
    heads, shared = shape.num_heads, shape.num_kv_heads
    order = torch.arange(heads).reshape(heads // shared, shared).T.flatten()
    rows = (order[:, None] * shape.d_head + torch.arange(shape.d_head)).flatten()
    weights["q_proj"].data = weights["q_proj"][rows]
    weights["o_proj"].data = weights["o_proj"][:, rows]


def _one_kv_head(weights: _Weights, shape: DecoderShape) -> None:
    """All KV heads become their mean, which is MQA without further training."""
    for each in (weights["k_proj"], weights["v_proj"]):
        by_head = each.unflatten(0, (shape.num_kv_heads, shape.d_head))
        each.data = by_head.mean(dim=0, keepdim=True).expand_as(by_head).flatten(0, 1)


def _interleaved(weights: _Weights, shape: DecoderShape) -> None:
    """Rows of queries and keys stand in pairs (0, 1), (2, 3), ... and are turned by halves."""
    for each in (weights["q_proj"], weights["k_proj"]):
        halves = each.unflatten(0, (-1, 2, shape.d_head // 2))
        each.data = halves.transpose(1, 2).flatten(0, 2)


FAULTS: dict[str, Callable[[_Weights, DecoderShape], None]] = {
    "tiled": _tiled,
    "one KV head": _one_kv_head,
    "interleaved": _interleaved,
}
"""Names of faults, for ``fault``."""


@contextlib.contextmanager
def fault(model: Decoder, name: str | None) -> Iterator[Decoder]:
    """The model with a fault in every layer; afterwards it is as before.

    Args:
        model: built around any attention with ``q_proj``, ``k_proj``, ``v_proj`` and ``o_proj``.
        name: one of ``FAULTS``; with None nothing is changed.

    Raises:
        ValueError: there is no such fault.
    """
    if name is None:
        yield model
        return
    if name not in FAULTS:
        raise ValueError(f"there is no fault {name!r}; there are: {', '.join(FAULTS)}")
    before: list[tuple[nn.Parameter, Tensor]] = []
    try:
        for layer in model.layers:
            weights = {
                each: layer.get_parameter(f"attention.{each}.weight")
                for each in ("q_proj", "k_proj", "v_proj", "o_proj")
            }
            before += [(weight, weight.data) for weight in weights.values()]
            FAULTS[name](weights, model.shape)
        yield model
    finally:
        for weight, values in before:
            weight.data = values
