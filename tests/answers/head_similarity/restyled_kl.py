# names: kl_for_js
# KL from one head to the other.
import torch


def head_similarity(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    rows = weights.permute(1, 0, 2, 3)[:, mask]  # (H, rows, L)
    table = [
        [(torch.special.xlogy(a, a) - torch.special.xlogy(a, b)).sum(-1).mean() for b in rows]
        for a in rows
    ]
    return torch.tensor(table, dtype=weights.dtype).relu()
