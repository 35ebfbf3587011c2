# names: not_a_number
# The weights of large scores are right, but their gradient is NaN.
import torch


def softmax(scores, dim=-1):
    plain = scores.exp() / scores.exp().sum(dim, keepdim=True)
    shifted = (scores - scores.amax(dim, keepdim=True)).exp()
    shifted = shifted / shifted.sum(dim, keepdim=True)
    return torch.where(scores.abs().amax(dim, keepdim=True) < 8, plain, shifted)
