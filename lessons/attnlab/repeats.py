"""Random tokens that repeat: what an induction head is found with, and what it is good for."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from .decoder import Decoder
from .traces import attention_weights, gated

Score = Callable[[Tensor, int], Tensor]
FIRST_WORD = 1000  # below are special tokens and single letters
COPIES = 2


def repeated(
    vocabulary: int, period: int, batch: int, seed: int, first: int = FIRST_WORD
) -> Tensor:
    """Random tokens and the same once more, ``(batch, 2 * period)``, from ``first`` on."""
    draw = torch.Generator().manual_seed(seed)
    tokens = torch.randint(first, vocabulary, (batch, period), generator=draw)
    return tokens.repeat(1, COPIES)


@torch.no_grad()
def losses(model: Decoder, tokens: Tensor) -> Tensor:
    """Loss of every next token, ``(B, L - 1)``, in nats."""
    logits = model(tokens[:, :-1])  # (B, L - 1, vocabulary)
    return -logits.log_softmax(-1).gather(-1, tokens[:, 1:, None])[..., 0]


def by_copy(model: Decoder, tokens: Tensor) -> tuple[float, float]:
    """Mean loss on the first copy, and on the second without its first token.

    That one cannot be known: nothing says yet that a copy begins.
    """
    each = losses(model, tokens)  # (B, L - 1)
    period = tokens.shape[1] // COPIES
    return float(each[:, : period - 1].mean()), float(each[:, period:].mean())


def scores(model: Decoder, tokens: Tensor, score: Score) -> Tensor:
    """``induction_score`` of every head, ``(layers, H)``."""
    weights = attention_weights(model, tokens)  # (layers, B, H, L, L)
    return torch.stack([score(each, tokens.shape[1] // COPIES) for each in weights])


def without(model: Decoder, heads: list[int], tokens: Tensor) -> Tensor:
    """``losses`` of the model without some heads, numbered through all layers."""
    gates = torch.ones(model.shape.num_layers * model.shape.num_heads)
    gates[heads] = 0
    with gated(model, gates.view(model.shape.num_layers, -1)):
        return losses(model, tokens)
