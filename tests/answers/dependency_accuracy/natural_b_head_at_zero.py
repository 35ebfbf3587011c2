# mistake: tokens whose head is the first word, index 0, are left out
# why: "> 0" is written for "is there a head", and 0 is a position
import torch


def dependency_accuracy(weights, head_index):
    weights, head_index = as_batch(weights, head_index)
    counts = head_index > 0
    n = counts.sum()
    if n == 0:
        return weights.new_zeros(weights.shape[1]), 0.0
    hit = weights.argmax(-1) == head_index[:, None]
    accuracy = (hit & counts[:, None]).sum((0, 2)) / n
    L = weights.shape[-1]
    offsets = (head_index - torch.arange(L))[counts]
    baseline = max((offsets == o).sum().item() for o in range(-L, L + 1)) / n.item()
    return accuracy.to(weights.dtype), baseline
