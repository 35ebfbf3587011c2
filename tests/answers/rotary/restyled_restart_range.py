# names: positions_restart
# A range as long as x, whatever the positions are.
import torch


def rotary(x, positions, base=10000.0):
    d_head = x.shape[-1]
    half = d_head // 2
    if 2 * half != d_head:
        raise ValueError(f"d_head={d_head}: pairs need an even number")
    exact = x.to(torch.promote_types(x.dtype, torch.float32))
    t = exact.new_tensor(range(x.shape[-2]))
    columns = [None] * d_head
    for i in range(half):
        angle = t * base ** (-2.0 * i / d_head)
        a, b = exact[..., i], exact[..., i + half]
        columns[i] = a * torch.cos(angle) - b * torch.sin(angle)
        columns[i + half] = a * torch.sin(angle) + b * torch.cos(angle)
    return torch.stack(columns, dim=-1).type_as(x)
