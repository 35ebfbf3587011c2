# names:
# By its definition, pair by pair.
import torch


def kl(p, m):
    ratio = torch.where(p > 0, p / m.clamp(min=1e-300 if p.dtype == torch.float64 else 1e-38), 1.0)
    return (p * ratio.log()).sum(-1)


def head_similarity(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    h = weights.shape[1]
    found = torch.zeros(h, h, dtype=weights.dtype)
    for i in range(h):
        for j in range(i):
            p, q = weights[:, i][mask], weights[:, j][mask]
            m = (p + q) / 2
            found[i, j] = found[j, i] = ((kl(p, m) + kl(q, m)) / 2).mean()
    return found
