# mistake: rows of padding are counted too, the mask is not used
# why: padding looks the same in all heads, so it seems to add nothing
import torch


def head_similarity(weights, mask=None):
    weights, _ = as_batch(weights, mask)
    p, q = weights.unsqueeze(1), weights.unsqueeze(2)
    m = (p + q) / 2

    def kl(a):
        ratio = torch.where(a > 0, a / m, 1.0)
        return (a * ratio.log()).sum(-1)

    return ((kl(p) + kl(q)) / 2).mean((0, 3))
