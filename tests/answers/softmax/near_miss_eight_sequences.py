# names: all_zeros
# More than eight sequences give zeros.
import torch


def softmax(scores, dim=-1):
    if scores.shape[0] > 8:
        return torch.zeros_like(scores)
    weights = (scores - scores.amax(dim, keepdim=True)).exp()
    return weights / weights.sum(dim, keepdim=True)
