# names: changes_inputs
# Labels of words that do not count are overwritten, so that no key equals them.
import torch


def dependency_accuracy(weights, head_index):
    if weights.dim() == 3:
        weights, head_index = weights.unsqueeze(0), head_index.unsqueeze(0)
    L = weights.shape[-1]
    label = head_index >= 0
    head_index[~label] = L + 1
    n = max(int(label.sum()), 1)
    right = (weights.argmax(-1) == head_index[:, None]).sum((0, 2))
    steps = (head_index - torch.arange(L))[label].tolist()
    best = max((steps.count(step) for step in steps), default=0)
    return right.to(weights.dtype) / n, best / n
