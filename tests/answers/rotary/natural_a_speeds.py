# mistake: leaves out the 2 in the exponent, so all pairs but the first turn too fast
# why: counts the pairs 0, 1, 2 and takes the paper's exponent for steps of two
import torch


def rotary(x, positions, base=10000.0):
    d_head = x.size(-1)
    if d_head % 2 == 1:
        raise ValueError("odd d_head")
    half = d_head // 2
    work = torch.promote_types(x.dtype, torch.float32)
    i = torch.arange(half, dtype=work)
    theta = 1.0 / base ** (i / d_head)
    angle = torch.outer(positions.to(work), theta)
    a, b = x[..., :half].to(work), x[..., half:].to(work)
    out = torch.cat((a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()), -1)
    return out.to(x.dtype)
