# names:
# Speeds in an lru_cache as plain Python floats, a generator turns one pair after the other.
import math
from functools import lru_cache

import torch


@lru_cache(maxsize=None)  # noqa: UP033
def speeds(width: int, base: float) -> tuple:
    return tuple(math.pow(base, -2 * i / width) for i in range(width // 2))


def turned_pairs(x, positions, base):
    """Yields the first and the second number of each turned pair."""
    width = x.shape[-1]
    for i, speed in enumerate(speeds(width, float(base))):
        angle = positions * speed
        cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
        a, b = x[..., i], x[..., i + width // 2]
        yield a * cos - b * sin, a * sin + b * cos


def rotary(x, positions, base=10000.0):
    """Rotary position embedding, rotate-half convention."""
    if x.size(-1) % 2 == 1:
        raise ValueError(f"cannot make pairs of {x.size(-1)} numbers")
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    firsts, seconds = zip(*turned_pairs(wide, positions.to(x.device).double(), base), strict=True)
    return torch.stack((*firsts, *seconds), dim=-1).to(x.dtype)
