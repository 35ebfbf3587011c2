# names:
# Keys read in blocks with a running maximum and sum (as flash attention does), generator of blocks,
# einsum with a group axis.
import torch

BLOCK = 256


def blocks(length, size=BLOCK):
    yield from (slice(start, min(start + size, length)) for start in range(0, length, size))


def grouped_attention(q, k, v, mask=None):
    """Scaled dot-product attention with shared KV heads."""
    if q.shape[1] % k.shape[1] != 0:
        raise ValueError("the query heads cannot be shared out evenly among the KV heads")
    work = torch.promote_types(q.dtype, torch.float32)
    by_group = (k.shape[1], q.shape[1] // k.shape[1])
    rows = q.to(work).unflatten(1, by_group) / q.shape[-1] ** 0.5  # (B, H_kv, group, L_q, d_head)
    if mask is not None:
        mask = mask.broadcast_to(*q.shape[:3], k.shape[2]).unflatten(1, by_group)
    lowest = torch.finfo(work).min
    top = rows.new_full((*rows.shape[:-1], 1), lowest)
    total = torch.zeros_like(top)
    mixed = torch.zeros_like(rows[..., :1]).expand(*rows.shape[:-1], v.shape[-1])
    for part in blocks(k.shape[2]):
        scores = torch.einsum("bgrqd,bgkd->bgrqk", rows, k[:, :, part].to(work))
        if mask is not None:
            scores = scores.masked_fill(~mask[..., part], float("-inf"))
        higher = torch.maximum(top, scores.detach().amax(-1, keepdim=True))
        fade, odds = (top - higher).exp(), (scores - higher).exp()
        total = total * fade + odds.sum(-1, keepdim=True)
        mixed = mixed * fade + torch.einsum("bgrqk,bgkd->bgrqd", odds, v[:, :, part].to(work))
        top = higher
    return (mixed / total.masked_fill(total == 0, 1.0)).flatten(1, 2).to(q.dtype)
