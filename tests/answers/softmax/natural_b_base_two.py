# mistake: uses powers of 2 instead of powers of e
# why: a C++ engineer remembers that fast attention kernels use exp2, and forgets that they multiply by log2(e) first
import torch


def softmax(scores, dim=-1):
    shifted = scores - scores.amax(dim=dim, keepdim=True)
    powers = torch.exp2(shifted)  # cheaper than exp
    return powers / powers.sum(dim=dim, keepdim=True)
