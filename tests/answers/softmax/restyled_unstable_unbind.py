# names: unstable_softmax
# Plain exponentials of the slices, added up by Python's sum.
import torch


def softmax(scores, dim=-1):
    slices = [s.exp() for s in scores.unbind(dim)]
    total = sum(slices)
    return torch.stack([s / total for s in slices], dim)
