# names: global_max
# The maximum of the flattened tensor is used for every row.
import torch


def softmax(scores, dim=-1):
    peak = torch.max(scores.flatten(), 0)[0]
    numerator = torch.exp(scores.sub(peak))
    return numerator.div(numerator.sum(dim).unsqueeze(dim))
