# names: gradient_cut
# Right numbers, but no gradient flows.
import torch


@torch.no_grad()
def softmax(scores, dim=-1):
    weights = (scores - scores.amax(dim, keepdim=True)).exp()
    return weights / weights.sum(dim, keepdim=True)
