# names: rows_and_columns_swapped
# The heaviest query of each key.
import torch


def dependency_accuracy(weights, head_index):
    if weights.dim() == 3:
        weights, head_index = weights.unsqueeze(0), head_index.unsqueeze(0)
    label = head_index != -1
    found = torch.max(weights, dim=2).indices
    n = max(int(label.sum()), 1)
    right = ((found == head_index.unsqueeze(1)) * label.unsqueeze(1)).sum((0, 2))
    steps = (head_index - torch.arange(label.shape[1]))[label].tolist()
    best = max((steps.count(step) for step in steps), default=0)
    return right.to(weights.dtype) / n, best / n
