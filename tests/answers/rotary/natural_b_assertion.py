# mistake: an odd d_head raises an AssertionError instead of a ValueError
# why: assert is the quickest way to write a check
import torch


def rotary(x, positions, base=10000.0):
    d_head = x.shape[-1]
    assert d_head % 2 == 0, "d_head must be even"
    work = torch.promote_types(x.dtype, torch.float32)
    speeds = base ** (-2 * torch.arange(d_head // 2, dtype=work, device=x.device) / d_head)
    angles = positions.to(work)[:, None] * speeds
    first, second = x.to(work).chunk(2, dim=-1)
    cos, sin = angles.cos(), angles.sin()
    turned = torch.cat((first * cos - second * sin, first * sin + second * cos), dim=-1)
    return turned.to(x.dtype)
