# names: rows_of_another_sum
# An extra implicit logit of zero: weights sum to less than one.
import torch


def softmax(scores, dim=-1):
    top = scores.amax(dim, keepdim=True).clamp_min(0)
    e = torch.exp(scores - top)
    return e / (e.sum(dim, keepdim=True) + torch.exp(-top))
