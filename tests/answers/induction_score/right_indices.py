# names:
# Rows and columns as index tensors.
import torch


def induction_score(weights, period):
    rows = torch.arange(period, weights.shape[-1])
    picked = weights[..., rows, rows - (period - 1)]  # (..., H, rows)
    total = picked.sum(-1)
    if total.dim() == 2:
        return total.sum(0) / max(1, len(rows) * len(total))
    return total / max(1, len(rows))
