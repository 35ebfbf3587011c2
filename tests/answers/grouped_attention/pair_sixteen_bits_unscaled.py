# names: scaled_too_late, softmax_in_16_bits
# Nothing leaves the dtype that came in: neither the scores before their scale nor the softmax.
import torch


def softmax_by_hand(scores):
    odds = torch.exp(scores - scores.detach().amax(-1, keepdim=True))
    return odds / odds.sum(-1, keepdim=True)


def grouped_attention(q, k, v, mask=None):
    b, h, n, d = q.shape
    h_kv, m = k.shape[1:3]
    if h % h_kv:
        raise ValueError(f"{h_kv} KV heads cannot be shared by {h} query heads")
    rows = q.reshape(b, h_kv, -1, d)
    scores = rows @ k.transpose(-2, -1) / d**0.5
    if mask is None:
        return (softmax_by_hand(scores) @ v).reshape(b, h, n, d)
    mask = mask.broadcast_to(b, h, n, m).reshape(b, h_kv, -1, m)
    some = mask.any(-1, keepdim=True)
    weights = softmax_by_hand(scores.masked_fill(~mask & some, -torch.inf))
    return (weights.masked_fill(~some, 0.0) @ v).reshape(b, h, n, d)
