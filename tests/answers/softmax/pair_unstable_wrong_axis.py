# names: unstable_softmax, softmax_wrong_axis
# No maximum taken off, and axis 0 instead of the asked one.
import torch


def softmax(scores, dim=-1):
    e = scores.exp()
    return torch.stack([row / e.sum(0) for row in e])
