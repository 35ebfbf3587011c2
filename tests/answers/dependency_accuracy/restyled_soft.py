# names: weight_for_hit
# The weight on the head, averaged.
import torch


def dependency_accuracy(weights, head_index):
    if weights.dim() == 3:
        weights, head_index = weights[None], head_index[None]
    _, H, L, _ = weights.shape
    hit, seen, steps = torch.zeros(H, dtype=weights.dtype), 0, []
    for b, i in (head_index >= 0).nonzero().tolist():
        j = int(head_index[b, i])
        hit += weights[b, :, i, j]
        seen += 1
        steps.append(j - i)
    best = max([steps.count(s) for s in range(-L, L)])
    return hit / max(seen, 1), best / max(seen, 1)
