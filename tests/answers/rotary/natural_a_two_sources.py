# mistake: repeats each angle next to itself, as for neighbouring pairs, but turns halves, so the two numbers of a pair get different angles
# why: mixes the table of GPT-J style code with the rotate_half of Llama style code
import torch


def rotate_half(x):
    x1, x2 = x.chunk(2, dim=-1)
    return torch.cat((-x2, x1), dim=-1)


def rotary(x, positions, base=10000.0):
    d_head = x.shape[-1]
    if d_head % 2 != 0:
        raise ValueError("d_head must be even")
    work = torch.promote_types(x.dtype, torch.float32)
    inv_freq = base ** (-torch.arange(0, d_head, 2, dtype=work) / d_head)
    freqs = positions.to(work)[:, None] * inv_freq
    freqs = freqs.repeat_interleave(2, dim=-1)
    x_ = x.to(work)
    return (x_ * freqs.cos() + rotate_half(x_) * freqs.sin()).to(x.dtype)
