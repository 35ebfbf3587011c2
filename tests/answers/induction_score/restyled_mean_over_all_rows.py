# names: divided_by_all_rows
# A vector of all rows, with zeros in the first copy, is averaged.
import torch


def induction_score(weights, period):
    weights, _ = as_batch(weights)  # noqa: F821
    hits = torch.zeros(weights.shape[:-1], dtype=weights.dtype)
    for i in range(period, weights.shape[-1]):
        hits[:, :, i] = weights[:, :, i, i - period + 1]
    return hits.mean(-1).mean(0)
