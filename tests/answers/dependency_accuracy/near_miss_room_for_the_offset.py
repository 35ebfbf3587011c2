# names: constant_factor
# Of each offset, only tokens where it stays inside the sentence are counted.
import torch


def dependency_accuracy(weights, head_index):
    if weights.ndim == 3:
        return dependency_accuracy(weights[None], head_index[None])
    L = weights.shape[-1]
    known = head_index >= 0
    n = max(1, int(known.sum()))
    hits = ((weights.argmax(-1) == head_index[:, None]) & known[:, None]).sum((0, 2))
    place = torch.arange(L)
    best = 0.0
    for step in range(1 - L, L):
        room = known & (place + step >= 0) & (place + step < L)
        if room.any():
            best = max(best, (head_index == place + step)[room].double().mean().item())
    return hits.to(weights.dtype) / n, best
