# names: next_or_previous_for_best
# The baseline is the next word.
import torch


def dependency_accuracy(weights, head_index):
    if weights.dim() == 3:
        weights, head_index = weights.unsqueeze(0), head_index.unsqueeze(0)
    label = head_index != -1
    n = max(int(label.sum()), 1)
    right = ((weights.argmax(-1) == head_index[:, None]) & label[:, None]).sum((0, 2))
    following = torch.arange(1, label.shape[1] + 1)
    return right.to(weights.dtype) / n, int((head_index == following)[label].sum()) / n
