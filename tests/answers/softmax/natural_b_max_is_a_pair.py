# mistake: max along an axis gives a pair of values and indices, and the pair is subtracted: TypeError
# why: a NumPy veteran expects max(axis) to return an array
import torch


def softmax(scores, dim=-1):
    highest = scores.max(dim=dim, keepdim=True)
    e = torch.exp(scores - highest)
    return e / e.sum(dim=dim, keepdim=True)
