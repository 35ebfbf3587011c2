# mistake: the result for half precision is float32, not the dtype of x
# why: the angles are float32 as asked, and the product takes over their dtype unseen
import torch


def rotary(x, positions, base=10000.0):
    half, rest = divmod(x.shape[-1], 2)
    if rest:
        raise ValueError("d_head must be even")
    work = torch.promote_types(x.dtype, torch.float32)
    speeds = base ** (-2 * torch.arange(half, dtype=work) / x.shape[-1])  # (d_head / 2,)
    angles = positions.to(work)[:, None] * speeds  # (L, d_head / 2)
    first, second = x.chunk(2, dim=-1)
    return torch.cat(
        [
            first * angles.cos() - second * angles.sin(),
            first * angles.sin() + second * angles.cos(),
        ],
        dim=-1,
    )
