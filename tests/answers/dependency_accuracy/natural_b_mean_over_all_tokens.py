# mistake: divides by the number of all tokens, those without a head included
# why: mean() of the hits is the accuracy everywhere else
import torch


def dependency_accuracy(weights, head_index):
    weights, head_index = as_batch(weights, head_index)
    L = weights.shape[-1]
    hit = weights.argmax(-1) == head_index[:, None, :]  # -1 is never hit
    accuracy = hit.to(weights.dtype).mean(dim=(0, 2))
    position = torch.arange(L)
    baseline = 0.0
    for offset in range(-L + 1, L):
        share = ((head_index - position == offset) & (head_index >= 0)).float().mean()
        baseline = max(baseline, float(share))
    return accuracy, baseline
