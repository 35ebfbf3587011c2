# names:
# Right: one angle after another, from a list of the positions.
import math

import torch


def rotary(x, positions, base=10000.0):
    width = x.shape[-1]
    if width % 2:
        raise ValueError("d_head has to be even")
    work = torch.float64 if x.dtype == torch.float64 else torch.float32
    speeds = [base ** (-2 * i / width) for i in range(width // 2)]
    angles = [[position * speed for speed in speeds] for position in positions.tolist()]
    cos, sin = (
        torch.tensor([[f(a) for a in row] for row in angles], dtype=work, device=x.device)
        for f in (math.cos, math.sin)
    )
    a, b = x[..., : width // 2].to(work), x[..., width // 2 :].to(work)
    return torch.cat((a * cos - b * sin, a * sin + b * cos), dim=-1).to(x.dtype)
