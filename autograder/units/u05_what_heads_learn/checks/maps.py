"""Attention maps that checks of this unit draw."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch

from autograder.grading.draw import FULL, SMALL, Draw
from autograder.units.shared.inputs import at_sizes, large


def draw_sizes(draw: Draw, *names: str) -> tuple[list[int], int]:
    """A size for each name, and a number of tokens that is none of them."""
    sizes = draw.sizes(*names)
    low, high = {FULL: (8, 11), SMALL: (5, 6)}.get(draw.level, (4, 4))
    return sizes, draw.integer(low, high)


def large_maps(draw: Draw) -> Iterator[tuple[int, int, int, str]]:
    """B, H and L with one of them far beyond small tables, and how a message calls that case."""
    for (b, h, length), _ in large(draw, "B", "H", "L"):
        enough = max(length, 5)
        yield b, h, enough, at_sizes(draw, B=b, H=h, L=enough)


def draw_maps(
    draw: Draw,
    *leading: int,
    length: int,
    causal: bool = False,
    mask: torch.Tensor | None = None,
    dtype: torch.dtype = torch.float32,
) -> torch.Tensor:
    """Attention weights ``(*leading, L, L)``.

    Real tokens put nothing on padding; what stands in rows of padding means nothing.

    Args:
        draw: what draws them.
        leading: sizes of the axes in front, those of batch and heads.
        length: number of tokens.
        causal: whether no token sees later ones.
        mask: ``(B, L)``, True for real tokens.
        dtype: of the weights, which are computed in float64.
    """
    scores = draw.normal(*leading, length, length, std=2.0, dtype=torch.float64)
    if causal:
        scores = scores.masked_fill(~torch.ones(length, length).tril().bool(), -math.inf)
    if mask is None:
        return scores.softmax(-1).to(dtype)
    rows, columns = mask[:, None, :, None], mask[:, None, None]
    return scores.masked_fill(rows & ~columns, -math.inf).softmax(-1).to(dtype)


def draw_padding(draw: Draw, batch: int, length: int, left: bool = False) -> torch.Tensor:
    """A mask ``(B, L)`` with two real tokens at least in each sentence, and padding in each."""
    lengths = [draw.integer(2, length - 1) for _ in range(batch)]
    if batch > 1 and len(set(lengths)) == 1:
        lengths[0] = 2 + (lengths[0] - 1) % (length - 2)
    mask = torch.arange(length) < torch.tensor(lengths)[:, None]
    return mask.flip(-1) if left else mask
