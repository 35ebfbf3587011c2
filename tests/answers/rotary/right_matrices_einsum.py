# names:
# One 2 x 2 matrix per position and pair, applied by a single einsum; keyword-only extra with a
# default.
import torch


def rotary(x, positions, base=10000.0, *, angle_dtype=torch.float64):
    """Rotary position embedding, rotate-half convention."""
    if (width := x.shape[-1]) & 1:
        raise ValueError("d_head is odd")
    work = torch.promote_types(x.dtype, torch.float32)
    exponents = torch.arange(0, width, 2, dtype=angle_dtype, device=x.device) / width
    angles = positions.to(x.device, angle_dtype)[:, None] / base**exponents
    cos, sin = angles.cos(), angles.sin()
    turn = torch.stack((torch.stack((cos, -sin)), torch.stack((sin, cos))))  # (2, 2, L, pairs)
    halves = x.to(work).unflatten(-1, (2, width // 2))  # (..., L, 2, pairs)
    return torch.einsum("ijlp,...ljp->...lip", turn.to(work), halves).flatten(-2).to(x.dtype)
