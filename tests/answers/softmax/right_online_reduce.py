# names:
# Online softmax, a reduce over the slices of the axis with a NamedTuple as state.
from functools import reduce
from typing import NamedTuple

import torch


class Running(NamedTuple):
    largest: torch.Tensor
    total: torch.Tensor


def take_in(state: Running, piece: torch.Tensor) -> Running:
    """One more slice: a new maximum rescales what was summed so far."""
    largest = torch.maximum(state.largest, piece.detach())
    rescaled = state.total * torch.exp(state.largest - largest)
    return Running(largest, rescaled + torch.exp(piece - largest))


def softmax(scores, dim=-1):
    """Softmax of ``scores`` along ``dim``."""
    if scores.ndim == 0:
        return scores - scores + 1
    wide = scores.to(torch.promote_types(scores.dtype, torch.float32))
    shape = list(wide.shape)
    del shape[dim]
    start = Running(
        wide.new_full(shape, torch.finfo(wide.dtype).min),
        wide.new_zeros(shape),
    )
    end = reduce(take_in, wide.unbind(dim), start)
    weights = torch.exp(wide - end.largest.unsqueeze(dim)) / end.total.unsqueeze(dim)
    return weights.to(scores.dtype)
