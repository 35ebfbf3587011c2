# names:
# The weight of a word on itself is struck out first: no word is its own head.
import torch


def dependency_accuracy(weights, head_index):
    if weights.ndim == 3:
        return dependency_accuracy(weights[None], head_index[None])
    L = weights.shape[-1]
    guess = weights.masked_fill(torch.eye(L, dtype=torch.bool), -1.0).argmax(-1)
    known = head_index >= 0
    n = max(1, int(known.sum()))
    hits = ((guess == head_index[:, None]) & known[:, None]).sum((0, 2))
    steps = (head_index - torch.arange(L))[known]
    best = max(((steps == s).sum().item() for s in range(-L, L)), default=0)
    return hits.to(weights.dtype) / n, best / n
