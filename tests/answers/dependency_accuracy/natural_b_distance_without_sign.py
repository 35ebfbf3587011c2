# mistake: counts distances without their sign, so one ahead and one back are the same offset
# why: an offset is thought of as how far away the head is
import torch


def dependency_accuracy(weights, head_index):
    weights, _ = as_batch(weights)  # noqa: F821
    head_index = torch.atleast_2d(head_index)
    labelled = head_index >= 0
    n = labelled.sum().item()
    if n == 0:
        return torch.zeros(weights.shape[1], dtype=weights.dtype), 0.0
    right = (weights.argmax(-1) == head_index[:, None]) & labelled[:, None]
    far = (head_index - torch.arange(head_index.shape[-1])).abs()[labelled]
    return right.sum((0, 2)).to(weights.dtype) / n, torch.bincount(far).max().item() / n
