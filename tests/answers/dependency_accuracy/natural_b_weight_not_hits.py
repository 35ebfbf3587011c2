# mistake: averages the weight on the head, and does not ask whether it is the heaviest
# why: the scores before were all mean weights
import torch


def dependency_accuracy(weights, head_index):
    weights, _ = as_batch(weights)  # noqa: F821
    head_index = torch.atleast_2d(head_index)
    counts = head_index >= 0
    n = counts.sum().clamp(min=1)
    target = head_index.clamp(min=0).long()[:, None, :, None]
    on_head = weights.gather(-1, target.expand(-1, weights.shape[1], -1, 1))[..., 0]
    accuracy = (on_head * counts[:, None]).sum((0, 2)) / n
    L = head_index.shape[1]
    offsets = head_index - torch.arange(L)
    best = max(((offsets == o) & counts).sum().item() for o in range(-L, L))
    return accuracy, best / n.item()
