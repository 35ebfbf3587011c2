# names: positions_restart, interleaved_pairs
# Positions counted from 0, neighbours as pairs.
import torch


def rotary(x, positions, base=10000.0):
    d = x.shape[-1]
    if d % 2:
        raise ValueError(f"an odd width, {d}, has no pairs")
    real = torch.promote_types(x.dtype, torch.float32)
    speed = base ** (-torch.arange(0, d, 2, dtype=real, device=x.device) / d)
    angle = torch.outer(torch.arange(x.shape[-2], dtype=real, device=x.device), speed)
    turn = torch.polar(torch.ones_like(angle), angle)
    z = torch.view_as_complex(x.to(real).unflatten(-1, (-1, 2)).contiguous()) * turn
    return torch.view_as_real(z).flatten(-2).to(x.dtype)
