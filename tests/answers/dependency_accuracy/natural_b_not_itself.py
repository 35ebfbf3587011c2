# mistake: leaves out the weight on the token itself before it looks for the heaviest key
# why: the lesson counts the *other* word that gets most
import torch


def dependency_accuracy(weights, head_index):
    weights, _ = as_batch(weights)  # noqa: F821
    head_index = torch.atleast_2d(head_index)
    own = torch.eye(weights.shape[-1], dtype=torch.bool)
    found = weights.masked_fill(own, -1).argmax(-1)  # (B, H, L)
    counts = head_index >= 0
    n = int(counts.sum())
    if n == 0:
        return weights.new_zeros(weights.shape[1]), 0.0
    hits = (found == head_index[:, None]) & counts[:, None]
    offsets = (head_index - torch.arange(head_index.shape[1]))[counts]
    best = offsets.unique(return_counts=True)[1].max()
    return hits.sum((0, 2)).to(weights.dtype) / n, float(best) / n
