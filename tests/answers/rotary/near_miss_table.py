# names:
# Positions beyond 2300 are taken for 2300, as by a table that ends there.
import torch


def rotary(x, positions, base=10000.0):
    d = x.shape[-1]
    if d % 2:
        raise ValueError("d_head has to be even")
    work = torch.promote_types(x.dtype, torch.float32)
    pair = torch.arange(d // 2, device=x.device, dtype=work)
    angle = positions.clamp(max=2300).to(work).outer(base ** (-2 * pair / d))
    a, b = x.to(work).chunk(2, dim=-1)
    turned = (a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos())
    return torch.cat(turned, dim=-1).to(x.dtype)
