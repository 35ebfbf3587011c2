# mistake: averages the rows of each head first, then compares the averages
# why: one distribution for each head is simpler to compare than many
import torch


def head_similarity(weights, mask=None):
    weights, mask = as_batch(weights, mask)
    real = mask[:, None, :, None].to(weights.dtype)
    maps = (weights * real).sum((0, 2)) / real.sum()  # (H, L)
    p, q = maps[:, None], maps[None]
    m = (p + q) / 2
    js = torch.xlogy(p, p) - torch.xlogy(p, m) + torch.xlogy(q, q) - torch.xlogy(q, m)
    return js.sum(-1) / 2
