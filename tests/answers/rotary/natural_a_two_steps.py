# mistake: the second half is computed from the first half that has already been turned
# why: writes the two halves into one tensor, one after the other
import torch


def rotary(x, positions, base=10000.0):
    d_head = x.shape[-1]
    if d_head % 2 != 0:
        raise ValueError("d_head must be even")
    h = d_head // 2
    work = torch.promote_types(x.dtype, torch.float32)
    speeds = base ** (-2 * torch.arange(h, dtype=work) / d_head)
    angles = positions.to(work).unsqueeze(-1) * speeds
    out = x.to(work, copy=True)
    out[..., :h] = out[..., :h] * angles.cos() - out[..., h:] * angles.sin()
    out[..., h:] = out[..., :h] * angles.sin() + out[..., h:] * angles.cos()
    return out.to(x.dtype)
