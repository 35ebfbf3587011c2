# names: one_speed
# Every pair turns by one radian per position.
import torch


def rotary(x, positions, base=10000.0):
    d = x.shape[-1]
    if d % 2:
        raise ValueError(f"an odd width, {d}, has no pairs")
    real = torch.promote_types(x.dtype, torch.float32)
    speed = torch.ones(d // 2, dtype=real, device=x.device)
    angle = torch.outer(positions.to(x.device, real), speed)
    turn = torch.polar(torch.ones_like(angle), angle)
    first, second = x.to(real).tensor_split(2, dim=-1)
    z = torch.complex(first, second) * turn
    return torch.cat((z.real, z.imag), dim=-1).to(x.dtype)
