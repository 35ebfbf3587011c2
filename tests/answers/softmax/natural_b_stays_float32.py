# mistake: computes in float32 and returns float32, whatever the dtype of the scores was
# why: knows that half precision needs float32 inside, and forgets the way back
import torch


def softmax(scores, dim=-1):
    s = scores.float()  # safe for half precision
    s = s - s.amax(dim, keepdim=True)
    e = s.exp()
    return e / e.sum(dim, keepdim=True)
