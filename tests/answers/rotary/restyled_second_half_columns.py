# names: second_half_not_turned
# The second half of the columns is only copied.
import torch


def rotary(x, positions, base=10000.0):
    d_head = x.shape[-1]
    half = d_head // 2
    if 2 * half != d_head:
        raise ValueError(f"d_head={d_head}: pairs need an even number")
    exact = x.to(torch.promote_types(x.dtype, torch.float32))
    t = positions.to(exact)
    columns = [None] * d_head
    for i in range(half):
        angle = t * base ** (-2.0 * i / d_head)
        a, b = exact[..., i], exact[..., i + half]
        columns[i] = a * torch.cos(angle) - b * torch.sin(angle)
        columns[i + half] = b
    return torch.stack(columns, dim=-1).type_as(x)
