# mistake: turns the other way round, clockwise
# why: puts the minus at the wrong half of rotate_half
import torch


def rotary(x, positions, base=10000.0):
    d = x.shape[-1]
    if d % 2:
        raise ValueError(f"d_head is odd: {d}")
    work = torch.promote_types(x.dtype, torch.float32)
    speeds = base ** (-2 * torch.arange(d // 2, dtype=work) / d)
    angles = positions[:, None].to(work) * speeds
    cos = torch.cat([angles.cos(), angles.cos()], dim=-1)
    sin = torch.cat([angles.sin(), angles.sin()], dim=-1)
    first, second = x.to(work).chunk(2, dim=-1)
    rotated = torch.cat([second, -first], dim=-1)
    return (x.to(work) * cos + rotated * sin).to(x.dtype)
