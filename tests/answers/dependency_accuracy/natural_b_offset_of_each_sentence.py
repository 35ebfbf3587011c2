# mistake: each sentence may use its own best offset
# why: works sentence by sentence and takes the best offset inside the loop
import torch


def dependency_accuracy(weights, head_index):
    weights, head_index = as_batch(weights, head_index)
    L = weights.shape[-1]
    real = head_index >= 0
    n = int(real.sum())
    if not n:
        return weights.new_zeros(weights.shape[1]), 0.0
    hits, fixed = weights.new_zeros(weights.shape[1]), 0
    for w, target in zip(weights, head_index):
        has = target >= 0
        hits += (w.argmax(-1)[:, has] == target[has]).sum(-1)
        offsets = (target - torch.arange(L))[has]
        if len(offsets):
            fixed += offsets.unique(return_counts=True)[1].max().item()
    return hits / n, fixed / n
