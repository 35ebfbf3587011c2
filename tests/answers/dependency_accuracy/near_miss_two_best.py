# names:
# The head may be the heaviest or the second heaviest key.
import torch


def dependency_accuracy(weights, head_index):
    if weights.dim() == 3:
        weights, head_index = weights.unsqueeze(0), head_index.unsqueeze(0)
    label = head_index != -1
    n = max(int(label.sum()), 1)
    two = weights.topk(min(2, weights.shape[-1]), dim=-1).indices
    right = ((two == head_index[:, None, :, None]).any(-1) & label[:, None]).sum((0, 2))
    steps = (head_index - torch.arange(label.shape[1]))[label].tolist()
    best = max((steps.count(step) for step in steps), default=0)
    return right.to(weights.dtype) / n, best / n
