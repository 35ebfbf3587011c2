"""A BERT-style encoder whose attention is the learner's own module."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class EncoderShape:
    """Sizes of an encoder.

    Attributes:
        vocabulary: number of tokens it knows.
        d_model, d_head, d_hidden: widths of the model, of a head and of the MLP.
        num_layers, num_heads, num_kv_heads: how many there are.
        max_len: the longest sequence it has positions for.
        norm_eps: added inside the root of LayerNorm.
    """

    vocabulary: int
    d_model: int
    num_layers: int
    num_heads: int
    num_kv_heads: int
    d_head: int
    d_hidden: int
    max_len: int
    norm_eps: float = 1e-12
    rope_base: None = None


class Layer(nn.Module):
    """Attention and MLP, each added to what came in, and then a LayerNorm."""

    def __init__(self, shape: EncoderShape, attention: Callable[..., nn.Module]):
        super().__init__()
        self.attention = attention(shape.d_model, shape.num_heads)
        self.attention_norm = nn.LayerNorm(shape.d_model, eps=shape.norm_eps)
        self.up_proj = nn.Linear(shape.d_model, shape.d_hidden)
        self.down_proj = nn.Linear(shape.d_hidden, shape.d_model)
        self.mlp_norm = nn.LayerNorm(shape.d_model, eps=shape.norm_eps)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """``x (B, L, d_model)`` to ``(B, L, d_model)``."""
        x = self.attention_norm(x + self.attention(x, mask=mask))
        return self.mlp_norm(x + self.down_proj(nn.functional.gelu(self.up_proj(x))))


class Encoder(nn.Module):
    """Encoder (Devlin et al. 2018): every token sees all; positions are added once, at the start.

    Args:
        shape: its sizes.
        attention: a class that is called as ``attention(d_model, num_heads)``, with biases, and has
            ``forward(x, mask=None)``: ``MultiHeadAttention`` of unit 04.
    """

    causal = False

    def __init__(self, shape: EncoderShape, attention: Callable[..., nn.Module]):
        super().__init__()
        self.shape = shape
        self.embed = nn.Embedding(shape.vocabulary, shape.d_model)
        self.positions = nn.Embedding(shape.max_len, shape.d_model)
        self.norm = nn.LayerNorm(shape.d_model, eps=shape.norm_eps)
        self.layers = nn.ModuleList(Layer(shape, attention) for _ in range(shape.num_layers))

    def forward(self, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
        """The last layer's vector of every token.

        Args:
            tokens: ``(B, L)``.
            mask: boolean ``(B, L)``, True = a token, False = padding; None means no padding.

        Returns:
            Tensor ``(B, L, d_model)``.
        """
        if mask is not None:
            mask = mask[:, None, None]  # (B, 1, 1, L_k)
        positions = torch.arange(tokens.shape[1], device=tokens.device)
        x = self.norm(self.embed(tokens) + self.positions(positions))  # (B, L, d_model)
        for layer in self.layers:
            x = layer(x, mask=mask)
        return x
