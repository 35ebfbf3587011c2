# names: global_max, softmax_wrong_axis
# One maximum for the whole tensor, and always the last axis.
import torch


def softmax(scores, dim=-1):
    e = torch.exp(scores - scores.max())
    return e / (e @ e.new_ones(e.shape[-1], 1))
