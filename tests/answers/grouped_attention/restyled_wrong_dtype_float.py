# names: wrong_dtype
# Half precision comes back as float32, part by part.
import torch


def _weights(scores, allowed):
    """Softmax over the last axis; zeros where nothing is allowed."""
    work = torch.float64 if scores.dtype == torch.float64 else torch.float32
    if allowed is None:
        return torch.softmax(scores, dim=-1, dtype=work)
    bias = torch.zeros(scores.shape, dtype=work, device=scores.device)
    nothing = ~allowed.any(dim=-1, keepdim=True)
    bias = bias.masked_fill(~(allowed | nothing), float("-inf"))
    return torch.softmax(scores.to(work) + bias, dim=-1).masked_fill(nothing, 0)


def grouped_attention(q, k, v, mask=None):
    b, h, n, d = q.shape
    h_kv, m = k.shape[1], k.shape[2]
    group, rest = divmod(h, h_kv)
    if rest:
        raise ValueError("H_kv has to divide H")
    if mask is not None:
        mask = mask.broadcast_to(b, h, n, m)
    parts = []
    for i in range(h_kv):
        mine = slice(i * group, (i + 1) * group)
        rows = q[:, mine].reshape(b, group * n, d) * d**-0.5
        allowed = None if mask is None else mask[:, mine].reshape(b, group * n, m)
        weights = _weights(rows @ k[:, i].transpose(1, 2), allowed)
        parts.append((weights.to(v.dtype) @ v[:, i]).to(weights).reshape(b, group, n, -1))
    return torch.cat(parts, dim=1)
