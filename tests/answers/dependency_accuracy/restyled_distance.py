# names: offset_without_direction
# Distances.
from collections import Counter

import torch


def dependency_accuracy(weights, head_index):
    if weights.dim() == 3:
        weights, head_index = weights.unsqueeze(0), head_index.unsqueeze(0)
    label = head_index != -1
    n = max(int(label.sum()), 1)
    right = ((weights.argmax(-1) == head_index[:, None]) & label[:, None]).sum((0, 2))
    steps = Counter(
        abs(head - i) for row in head_index.tolist() for i, head in enumerate(row) if head != -1
    )
    return right.to(weights.dtype) / n, max(steps.values(), default=0) / torch.tensor(n).item()
