# names:
# Pairs as complex numbers, multiplied by torch.polar, angles in float32 where x is not float64; a
# subclassed ValueError.
import torch


class OddWidthError(ValueError):
    """A vector of odd width has no pairs."""


def rotary(x, positions, base=10000.0):
    """Rotary position embedding, rotate-half convention."""
    half, odd = divmod(x.shape[-1], 2)
    if odd:
        raise OddWidthError(f"d_head must be even, got {x.shape[-1]}")
    work = torch.promote_types(x.dtype, torch.float32)
    pair = torch.arange(half, dtype=work, device=x.device)
    angles = torch.outer(positions.to(pair), base ** (-pair / half))
    turns = torch.polar(torch.ones_like(angles), angles)  # (L, d_head / 2)
    numbers = torch.complex(x[..., :half].to(work), x[..., half:].to(work)) * turns
    return torch.cat((numbers.real, numbers.imag), dim=-1).to(x.dtype)
