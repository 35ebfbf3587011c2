# names:
# Two cells; no harmless scores: the largest allowed score is subtracted and an empty sum is divided
# by one; TypeVar hints.
from __future__ import annotations

from typing import TypeVar

import torch

T = TypeVar("T", bound=torch.Tensor)
BOTTOM = {dtype: torch.finfo(dtype).min for dtype in (torch.float32, torch.float64)}


def odds(scores: T, allowed: torch.Tensor) -> T:
    """exp(score - largest allowed score), and 0 where it is not allowed."""
    lowest = BOTTOM[scores.dtype]
    top = scores.detach().masked_fill(~allowed, lowest).amax(dim=-1, keepdim=True)
    top = top.masked_fill(top == lowest, 0.0)  # rows without a key
    return (scores - top).masked_fill(~allowed, -torch.inf).exp()


# %%
def masked_attention(q, k, v, mask=None):
    """Scaled dot-product attention under a boolean mask."""
    work = torch.promote_types(q.dtype, torch.float32)
    scaled = q.to(work) * q.size(-1) ** -0.5
    scores = torch.einsum("...qd,...kd->...qk", scaled, k.to(work))
    allowed = torch.tensor(True, device=q.device) if mask is None else mask
    parts = odds(scores, allowed)
    total = parts.sum(dim=-1, keepdim=True)
    weights = parts / (total + (total == 0))
    output = torch.einsum("...qk,...kd->...qd", weights, v.to(work))
    return output.to(q.dtype), weights.to(q.dtype)
