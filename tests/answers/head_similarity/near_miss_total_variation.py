# names:
# Half the sum of absolute differences.
import torch


def head_similarity(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    rows = weights.permute(1, 0, 2, 3)[:, mask]  # (H, rows, L)
    table = [[((a - b).abs().sum(-1) / 2).mean() for b in rows] for a in rows]
    return torch.tensor(table, dtype=weights.dtype)
