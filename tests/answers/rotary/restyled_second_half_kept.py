# names: second_half_not_turned
# The imaginary part of x is returned, not that of the product.
import torch


def rotary(x, positions, base=10000.0):
    d = x.shape[-1]
    if d % 2:
        raise ValueError(f"an odd width, {d}, has no pairs")
    real = torch.promote_types(x.dtype, torch.float32)
    speed = base ** (-torch.arange(0, d, 2, dtype=real, device=x.device) / d)
    angle = torch.outer(positions.to(x.device, real), speed)
    turn = torch.polar(torch.ones_like(angle), angle)
    first, second = x.to(real).tensor_split(2, dim=-1)
    z = torch.complex(first, second) * turn
    return torch.cat((z.real, second), dim=-1).to(x.dtype)
