# mistake: the first half is overwritten in place, and the second half is then computed from the new first half
# why: a C++ engineer saves a buffer, and forgets that `first` is a view of the result
import torch


def rotary(x, positions, base=10000.0):
    d_head = x.shape[-1]
    if d_head % 2 != 0:
        raise ValueError("odd d_head")
    half = d_head // 2
    work = torch.promote_types(x.dtype, torch.float32)
    speeds = base ** (-2 * torch.arange(half, device=x.device, dtype=work) / d_head)
    angles = positions.to(work).unsqueeze(-1) * speeds
    cos, sin = angles.cos(), angles.sin()
    out = x.to(work).clone()
    first, second = out[..., :half], out[..., half:]
    out[..., :half] = first * cos - second * sin
    out[..., half:] = first * sin + second * cos
    return out.to(x.dtype)
