# names: softmax_wrong_axis
# The axis left of the asked one (modulo the number of axes) is normalised.
import torch


def softmax(scores, dim=-1):
    axis = (dim - 1) % scores.ndim
    z = scores - torch.amax(scores, axis, True)
    return torch.exp(z - torch.logsumexp(z, axis, True))
