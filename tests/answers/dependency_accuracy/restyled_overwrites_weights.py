# names: changes_inputs
# Rows that do not count are zeroed where they stand.
import torch


def dependency_accuracy(weights, head_index):
    if weights.dim() == 3:
        weights, head_index = weights.unsqueeze(0), head_index.unsqueeze(0)
    known = head_index != -1
    for b, i in (~known).nonzero().tolist():
        weights[b, :, i] = 0
    n = max(known.sum().item(), 1)
    found = (weights.argmax(-1) == head_index[:, None]) & known[:, None]
    steps = (head_index - torch.arange(known.shape[1]))[known]
    best = 0 if len(steps) == 0 else (steps == steps.mode().values).sum().item()
    return torch.einsum("bhl->h", found.to(weights.dtype)) / n, best / n
