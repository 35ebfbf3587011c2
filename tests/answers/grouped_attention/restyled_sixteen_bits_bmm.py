# names: softmax_in_16_bits
# Scaled before the product, but exp, sum and division are done in the dtype that came in.
import torch


def grouped_attention(q, k, v, mask=None):
    b, h, n, d = q.shape
    h_kv, m = k.shape[1:3]
    if h % h_kv:
        raise ValueError(f"H={h} is no multiple of H_kv={h_kv}")
    fold = (b * h_kv, h // h_kv * n)
    scores = torch.bmm((q * d**-0.5).reshape(*fold, d), k.flatten(0, 1).mT)
    if mask is not None:
        mask = mask.broadcast_to(b, h, n, m).reshape(*fold, m)
        scores = scores.masked_fill(~mask & mask.any(-1, keepdim=True), -torch.inf)
    odds = torch.exp(scores - scores.detach().amax(-1, keepdim=True))
    weights = odds / odds.sum(-1, keepdim=True)
    if mask is not None:
        weights = weights * mask
    return torch.bmm(weights, v.flatten(0, 1)).reshape(b, h, n, -1)
