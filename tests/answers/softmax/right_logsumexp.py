# names:
# Right: exp of (shifted scores minus their logsumexp).
import torch


def softmax(scores, dim=-1):
    shifted = scores - scores.amax(dim, keepdim=True)
    return shifted.sub(torch.logsumexp(shifted, dim, keepdim=True)).exp()
