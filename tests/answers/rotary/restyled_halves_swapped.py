# names: halves_exchanged
# The halves come back in the other order.
import math

import torch


def rotary(x, positions, base=10000.0):
    *_, length, width = x.shape
    half, rest = divmod(width, 2)
    if rest:
        raise ValueError(f"rotary needs pairs, and {width} numbers leave one over")
    pairs = x.unflatten(-1, (2, half)).double()
    a, b = pairs.unbind(dim=-2)
    index = torch.arange(half, dtype=torch.float64, device=x.device)
    speed = torch.exp(index * (-math.log(base) / half))
    angle = positions.to(x.device).double().view(length, 1) * speed
    turned = torch.stack((a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()), -2)
    return turned.flip(-2).flatten(-2).to(x.dtype)
