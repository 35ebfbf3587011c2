# names: scores_of_another_size
# Powers of two instead of powers of e.
import torch


def softmax(scores, dim=-1):
    p = torch.exp2(scores - scores.amax(dim, keepdim=True))
    return p / p.sum(dim, keepdim=True)
