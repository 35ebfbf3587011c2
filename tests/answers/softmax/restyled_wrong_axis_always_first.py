# names: softmax_wrong_axis
# Whatever dim says, axis 0 is the one that sums to one.
import torch


def softmax(scores, dim=-1):
    e = [(s - scores.amax(0)).exp() for s in scores]
    return torch.stack([x / sum(e) for x in e])
