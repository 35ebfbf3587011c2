# names:
# Pairs after the sixteenth do not turn.
import torch


def rotary(x, positions, base=10000.0):
    if x.shape[-1] % 2:
        raise ValueError("d_head is odd")
    work = torch.promote_types(x.dtype, torch.float32)
    pair = torch.arange(x.shape[-1] // 2, device=x.device, dtype=work)
    speed = (base ** (-2 * pair / x.shape[-1])) * (pair < 16)
    angle = positions.to(x.device, work)[:, None] * speed
    a, b = x.to(work).chunk(2, dim=-1)
    turned = (a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos())
    return torch.cat(turned, dim=-1).to(x.dtype)
