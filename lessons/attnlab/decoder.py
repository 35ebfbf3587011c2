"""A small decoder language model whose attention is the learner's own module."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class DecoderShape:
    """Sizes of a decoder.

    Attributes:
        vocabulary: number of tokens it knows.
        d_model, d_head, d_hidden: widths of the model, of a head and of the MLP.
        num_layers, num_heads, num_kv_heads: how many there are.
        rope_base: base of the rotary positions.
        norm_eps: added inside the root of RMSNorm.
    """

    vocabulary: int
    d_model: int
    num_layers: int
    num_heads: int
    num_kv_heads: int
    d_head: int
    d_hidden: int
    rope_base: float = 10000.0
    norm_eps: float = 1e-5


class Layer(nn.Module):
    """Attention and MLP, each behind an RMSNorm and added to what came in."""

    def __init__(self, shape: DecoderShape, attention: Callable[..., nn.Module]):
        super().__init__()
        self.attention_norm = nn.RMSNorm(shape.d_model, eps=shape.norm_eps)
        self.attention = attention(
            shape.d_model,
            shape.num_heads,
            shape.num_kv_heads,
            d_head=shape.d_head,
            bias=False,
            rope_base=shape.rope_base,
        )
        self.mlp_norm = nn.RMSNorm(shape.d_model, eps=shape.norm_eps)
        self.gate_proj = nn.Linear(shape.d_model, shape.d_hidden, bias=False)
        self.up_proj = nn.Linear(shape.d_model, shape.d_hidden, bias=False)
        self.down_proj = nn.Linear(shape.d_hidden, shape.d_model, bias=False)

    def forward(self, x: Tensor, mask: Tensor | None = None, cache: Any = None) -> Tensor:
        """``x (B, L, d_model)`` to ``(B, L, d_model)``."""
        x = x + self.attention(self.attention_norm(x), mask=mask, cache=cache)
        hidden = self.mlp_norm(x)
        hidden = nn.functional.silu(self.gate_proj(hidden)) * self.up_proj(hidden)
        return x + self.down_proj(hidden)


class Decoder(nn.Module):
    """Llama-style decoder (Touvron et al. 2023): RMSNorm, attention, SwiGLU, tied embedding.

    Args:
        shape: its sizes.
        attention: a class that is called as ``attention(d_model, num_heads, num_kv_heads, d_head=,
            bias=, rope_base=)`` and has ``forward(x, mask=None, cache=None)``:
            ``GroupedQueryAttention`` of unit 07.
    """

    causal = True

    def __init__(self, shape: DecoderShape, attention: Callable[..., nn.Module]):
        super().__init__()
        self.shape = shape
        self.embed = nn.Embedding(shape.vocabulary, shape.d_model)
        self.layers = nn.ModuleList(Layer(shape, attention) for _ in range(shape.num_layers))
        self.norm = nn.RMSNorm(shape.d_model, eps=shape.norm_eps)

    def forward(self, tokens: Tensor, caches: Sequence[Any] | None = None) -> Tensor:
        """Logits of the next token at every position.

        Args:
            tokens: ``(B, L)``; with caches, those that follow the stored ones.
            caches: one ``KVCache`` per layer (``new_caches``), or None for a whole sequence.

        Returns:
            Tensor ``(B, L, vocabulary)``.
        """
        length = tokens.shape[1]
        mask = None
        if caches is None:
            mask = torch.ones(length, length, dtype=torch.bool, device=tokens.device).tril()
        x = self.embed(tokens)  # (B, L, d_model)
        for i, layer in enumerate(self.layers):
            x = layer(x, mask=mask, cache=None if caches is None else caches[i])
        return self.norm(x) @ self.embed.weight.T  # (B, L, vocabulary)

    def new_caches(self, cache_class: Callable[..., Any], batch: int, max_len: int) -> list:
        """An empty ``cache_class(batch, H_kv, max_len, d_head, dtype, device)`` for each layer."""
        weight = self.embed.weight
        size = (batch, self.shape.num_kv_heads, max_len, self.shape.d_head)
        return [cache_class(*size, weight.dtype, weight.device) for _ in self.layers]


@torch.no_grad()
def generate(
    model: Decoder, tokens: Tensor, steps: int, caches: Sequence[Any] | None = None
) -> Iterator[tuple[int, Tensor]]:
    """Write text greedily: in every step the token with the largest logit.

    Args:
        model: the decoder.
        tokens: the prompt, ``(1, L)``.
        steps: how many tokens to write.
        caches: empty caches with room for prompt and text; without them every step computes the
            whole sequence anew.

    Yields:
        ``(token, logits)``, the logits ``(vocabulary,)`` that it was chosen from.
    """
    new = tokens
    for _ in range(steps):
        logits = model(tokens if caches is None else new, caches)[0, -1]
        new = logits.argmax().reshape(1, 1)
        yield int(new), logits
        tokens = torch.cat((tokens, new), dim=1)
