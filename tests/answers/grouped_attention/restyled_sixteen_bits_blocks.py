# names: softmax_in_16_bits
# Keys in blocks: float32 within a block, but sums over the blocks are kept in 16 bits.
import torch

BLOCK = 512


def grouped_attention(q, k, v, mask=None):
    b, h, n, d = q.shape
    h_kv, m = k.shape[1:3]
    if h % h_kv:
        raise ValueError(f"H={h} is no multiple of H_kv={h_kv}")
    rows = (q / d**0.5).reshape(b, h_kv, -1, d)
    work = torch.promote_types(q.dtype, torch.float32)
    if mask is not None:
        mask = mask.broadcast_to(b, h, n, m).reshape(b, h_kv, -1, m)
    parts = []
    for start in range(0, m, BLOCK):
        part = slice(start, start + BLOCK)
        scores = (rows @ k[:, :, part].mT).to(work)
        if mask is not None:
            scores = scores.masked_fill(~mask[..., part], -torch.inf)
        parts.append(scores)
    top = torch.stack([each.detach().amax(-1, keepdim=True) for each in parts]).amax(0)
    top = top.masked_fill(top == -torch.inf, 0.0)
    total, mixed = q.new_zeros(()), q.new_zeros(())
    for number, scores in enumerate(parts):
        odds = (scores - top).exp()
        values = v[:, :, number * BLOCK : (number + 1) * BLOCK]
        total = total + odds.sum(-1, keepdim=True).to(q.dtype)
        mixed = mixed + (odds.to(v.dtype) @ values)
    return (mixed / total.masked_fill(total == 0, 1.0)).reshape(b, h, n, d)
