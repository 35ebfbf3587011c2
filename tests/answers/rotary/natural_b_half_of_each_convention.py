# mistake: pairs are (i, i + d_head / 2), but the angles are repeated for neighbours, as the interleaved convention needs it
# why: put together from two StackOverflow answers, one for each convention
import torch


def rotate_half(x):
    first, second = x.chunk(2, dim=-1)
    return torch.cat((-second, first), dim=-1)


def rotary(x, positions, base=10000.0):
    d = x.shape[-1]
    if d % 2 != 0:
        raise ValueError(f"d_head must be even, not {d}")
    work = torch.promote_types(x.dtype, torch.float32)
    inv_freq = base ** (-torch.arange(0, d, 2, dtype=work, device=x.device) / d)
    angles = positions.to(work)[:, None] * inv_freq  # (L, d / 2)
    cos = angles.cos().repeat_interleave(2, dim=-1)
    sin = angles.sin().repeat_interleave(2, dim=-1)
    y = x.to(work)
    return (y * cos + rotate_half(y) * sin).to(x.dtype)
