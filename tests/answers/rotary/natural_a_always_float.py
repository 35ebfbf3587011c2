# mistake: computes in float32 for float64 too, which loses half of the digits
# why: common code says .float() everywhere for precision
import torch


def rotary(x, positions, base=10000.0):
    """Rotary position embedding, rotate-half convention."""
    d_head = x.shape[-1]
    if d_head % 2 != 0:
        raise ValueError("d_head must be even")
    inv_freq = 1.0 / (base ** (torch.arange(0, d_head, 2).float() / d_head))
    freqs = positions.float()[:, None] * inv_freq[None, :]
    emb = torch.cat((freqs, freqs), dim=-1)
    cos, sin = emb.cos(), emb.sin()
    x1, x2 = x.float().chunk(2, dim=-1)
    rotated = torch.cat((-x2, x1), dim=-1)
    return (x.float() * cos + rotated * sin).to(x.dtype)
