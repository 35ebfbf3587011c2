"""What the heads of a model do on a text: their attention weights, and the model without some.

Both work from outside, whatever attention class the model was built around, as long as it has
``q_proj``, ``k_proj`` and ``o_proj``.
"""

from __future__ import annotations

import contextlib
import functools
import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from autograder import course

from .decoder import Decoder, DecoderShape
from .encoder import Encoder, EncoderShape

Model = Decoder | Encoder


@torch.no_grad()
def attention_weights(model: Model, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
    """The attention weights of every head of every layer.

    Args:
        model: a ``Decoder`` or an ``Encoder``; query heads that share a KV head have maps of their
            own.
        tokens: ``(L,)``, or ``(B, L)`` for several texts.
        mask: boolean ``(B, L)``, True = a token, False = padding: of an encoder only.

    Returns:
        Tensor ``(layers, H, L, L)``, or ``(layers, B, H, L, L)``; the row of a query sums to 1.
    """
    batch = tokens if tokens.ndim == 2 else tokens[None]
    seen: list[Tensor] = []
    with _before_attention(model, lambda module, x: seen.append(_weights(module, x, model, mask))):
        model(batch) if mask is None else model(batch, mask)
    weights = torch.stack(seen)  # (layers, B, H, L, L)
    return weights if tokens.ndim == 2 else weights[:, 0]


@contextlib.contextmanager
def gated(model: Model, gates: Tensor) -> Iterator[Model]:
    """The model with its heads switched: what a head found is multiplied before ``o_proj``.

    Args:
        model: a ``Decoder`` or an ``Encoder``; afterwards it is as before.
        gates: ``(layers, H)``: 1 leaves a head as it is, 0 takes it out. Gradients reach them.

    Raises:
        ValueError: the gates have another shape.
    """
    wanted = (model.shape.num_layers, model.shape.num_heads)
    if tuple(gates.shape) != wanted:
        raise ValueError(f"gates should be {wanted}, one a head, not {tuple(gates.shape)}")

    def switch(own: Tensor, _: nn.Module, inputs: tuple[Tensor]) -> tuple[Tensor]:
        return (inputs[0] * own.repeat_interleave(model.shape.d_head),)  # (B, L, H * d_head)

    with contextlib.ExitStack() as stack:
        for layer, own in zip(model.layers, gates, strict=True):
            projection = layer.get_submodule("attention.o_proj")
            handle = projection.register_forward_pre_hook(functools.partial(switch, own))
            stack.callback(handle.remove)
        yield model


@contextlib.contextmanager
def masked(model: Decoder, mask: Tensor) -> Iterator[Decoder]:
    """The decoder with another mask in every layer, ``(L, L)``, True = may attend."""
    with contextlib.ExitStack() as stack:
        for layer in model.layers:
            handle = layer.get_submodule("attention").register_forward_pre_hook(
                lambda _, args, named: (args, named | {"mask": mask}), with_kwargs=True
            )
            stack.callback(handle.remove)
        yield model


@contextlib.contextmanager
def _before_attention(model: Model, look: Callable[[nn.Module, Tensor], None]) -> Iterator[None]:
    """While it lasts, ``look(attention, x)`` sees what comes into the attention of each layer."""
    with contextlib.ExitStack() as stack:
        for layer in model.layers:
            attention = layer.get_submodule("attention")
            handle = attention.register_forward_pre_hook(lambda module, args: look(module, args[0]))
            stack.callback(handle.remove)
        yield


def _weights(attention: nn.Module, x: Tensor, model: Model, mask: Tensor | None) -> Tensor:
    """``(B, H, L, L)`` of one layer, from the input of its attention."""
    shape = model.shape
    q = _heads(attention, "q_proj", x, shape)  # (B, H, L, d_head)
    k = _heads(attention, "k_proj", x, shape)  # (B, H_kv, L, d_head)
    k = k.repeat_interleave(shape.num_heads // shape.num_kv_heads, dim=1)  # (B, H, L, d_head)
    scores = q @ k.mT / math.sqrt(shape.d_head)  # (B, H, L, L)
    allowed = torch.ones(scores.shape[-2:], dtype=torch.bool)
    if model.causal:
        allowed = allowed.tril()
    if mask is not None:
        allowed = allowed & mask[:, None, None]
    return scores.masked_fill(~allowed, -math.inf).softmax(-1)


def _heads(
    attention: nn.Module, name: str, x: Tensor, shape: DecoderShape | EncoderShape
) -> Tensor:
    """Queries or keys, ``(B, heads, L, d_head)``, turned by their positions."""
    heads = attention.get_submodule(name)(x).unflatten(-1, (-1, shape.d_head)).transpose(1, 2)
    if shape.rope_base is None:
        return heads
    return _rotary()(heads, torch.arange(x.shape[1]), shape.rope_base)


@functools.cache
def _rotary() -> Callable[..., Tensor]:
    return course.reference_namespace("06_kv_cache")["rotary"]
