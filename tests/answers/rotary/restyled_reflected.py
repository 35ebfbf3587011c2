# names: reflected
# Reflections in place of turns.
import torch


def rotary(x, positions, base=10000.0):
    """One 2 x 2 matrix for each position and pair."""
    if x.shape[-1] % 2 != 0:
        raise ValueError("the last axis has to have an even size")
    pairs = x.shape[-1] // 2
    work = torch.promote_types(x.dtype, torch.float)
    where = positions.to(x.device).to(work)
    angles = torch.stack([where * base ** (-2 * i / (2 * pairs)) for i in range(pairs)], dim=-1)
    cos, sin = torch.cos(angles), torch.sin(angles)
    matrix = torch.stack((cos, sin, sin, -cos), dim=-1).unflatten(-1, (2, 2))  # (L, pairs, 2, 2)
    points = x.to(work).reshape(*x.shape[:-1], 2, pairs)
    out = torch.einsum("lpij,...ljp->...lip", matrix, points)
    return out.reshape(x.shape).to(dtype=x.dtype)
