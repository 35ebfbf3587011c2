# names: half_exponent, no_error_when_odd
# Exponents too small, and an odd number is passed through.
import torch


def rotary(x, positions, base=10000.0):
    d_head = x.shape[-1]
    half = d_head // 2
    exact = x.to(torch.promote_types(x.dtype, torch.float32))
    t = positions.to(exact)
    columns = list(exact.unbind(-1))
    for i in range(half):
        angle = t * base ** (-1.0 * i / d_head)
        a, b = exact[..., i], exact[..., i + half]
        columns[i] = a * torch.cos(angle) - b * torch.sin(angle)
        columns[i + half] = a * torch.sin(angle) + b * torch.cos(angle)
    return torch.stack(columns, dim=-1).type_as(x)
