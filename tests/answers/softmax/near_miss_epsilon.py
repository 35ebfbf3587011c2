# names: rows_of_another_sum
# 1e-2 is added to the denominator.
import torch


def softmax(scores, dim=-1):
    e = torch.exp(scores - scores.amax(dim, keepdim=True))
    return e / (e.sum(dim, keepdim=True) + 1e-2)
