# names: not_a_number
# The weights of large scores are right, but their gradient is NaN.
import torch


def attention(q, k, v):
    scores = scaled_scores(q, k)  # noqa: F821
    plain = scores.exp() / scores.exp().sum(-1, keepdim=True)
    shifted = (scores - scores.amax(-1, keepdim=True)).exp()
    shifted = shifted / shifted.sum(-1, keepdim=True)
    weights = torch.where(scores.amax(-1, keepdim=True) < 80, plain, shifted)
    return weights @ v, weights
