"""Inputs that several units draw: long ones, memory in another order, masks of queries."""

import torch

from autograder.grading.draw import FULL, Draw


def many(draw: Draw, few: int) -> int:
    """A number of tokens beyond small tables; ``few`` in a case that is drawn to be shown."""
    return 300 + draw.integer(0, 20) if draw.level == FULL else few


def as_split(x: torch.Tensor) -> torch.Tensor:
    """The same values ``(..., H, L, d_head)``, in memory as splitting into heads leaves them."""
    return x.transpose(-3, -2).contiguous().transpose(-3, -2)


def of_queries(draw: Draw, b: int, l_q: int) -> torch.Tensor:
    """A mask ``(B, 1, L_q, 1)``: what a query may see does not depend on the key."""
    return draw.mask(b, 1, 1, l_q).transpose(-2, -1)
