# mistake: the exponent is computed with //, so it is -1 for every pair but the first
# why: a C++ engineer: indices are integers, and so their quotient is taken as an integer
import torch


def rotary(x, positions, base=10000.0):
    d_head = x.shape[-1]
    if d_head % 2 == 1:
        raise ValueError("d_head must be even")
    work = torch.promote_types(x.dtype, torch.float32)
    exponents = -2 * torch.arange(d_head // 2, device=x.device) // d_head
    speeds = float(base) ** exponents.to(work)
    angles = torch.outer(positions.to(work), speeds)
    a, b = x.to(work).split(d_head // 2, dim=-1)
    c, s = angles.cos(), angles.sin()
    return torch.cat([a * c - b * s, a * s + b * c], dim=-1).to(x.dtype)
