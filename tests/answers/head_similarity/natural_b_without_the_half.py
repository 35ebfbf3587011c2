# mistake: adds up the two divergences without halving the sum
# why: the half in m is written, the half in front is forgotten
import torch


def head_similarity(weights, mask=None):
    weights, mask = as_batch(weights, mask)
    rows = weights.transpose(0, 1)[:, mask]  # (H, N, L)
    p, q = rows[:, None], rows[None]  # (H, 1, N, L), (1, H, N, L)
    m = (p + q) / 2
    kl_p = (torch.xlogy(p, p) - torch.xlogy(p, m)).sum(-1)
    kl_q = (torch.xlogy(q, q) - torch.xlogy(q, m)).sum(-1)
    return (kl_p + kl_q).mean(-1)
