# names: own_position_left_out
# Offsets from 1 on, back and ahead.
import torch


def dependency_accuracy(weights, head_index):
    if weights.dim() == 3:
        weights, head_index = weights.unsqueeze(0), head_index.unsqueeze(0)
    label = head_index != -1
    n = max(int(label.sum()), 1)
    right = ((weights.argmax(-1) == head_index[:, None]) & label[:, None]).sum((0, 2))
    place, best = torch.arange(label.shape[1]), 0
    for far in range(1, label.shape[1]):
        for step in (far, -far):
            best = max(best, int((label & (head_index == place + step)).sum()))
    return right.to(weights.dtype) / n, best / n
