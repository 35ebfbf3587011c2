# names: speeds_reversed
# The last pair turns fastest.
import torch


def rotate_half(x):
    half = x.shape[-1] // 2
    return torch.cat((-x[..., half:], x[..., :half]), dim=-1)


def rotary(x, positions, base=10000.0):
    d_head = x.size(-1)
    if d_head % 2 == 1:
        raise ValueError("d_head has to be even")
    dtype = torch.float64 if x.dtype == torch.float64 else torch.float32
    exponent = torch.arange(0, d_head, 2, device=x.device).to(dtype) / d_head
    speed = (1.0 / base**exponent).flip(0)
    angle = positions.to(device=x.device, dtype=dtype).unsqueeze(-1) * speed
    angle = torch.cat((angle, angle), dim=-1)  # (L, d_head)
    wide = x.to(dtype)
    return (wide * angle.cos() + rotate_half(wide) * angle.sin()).to(x.dtype)
