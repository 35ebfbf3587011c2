# names: wrong_dtype, uniform_weights
# Equal weights in the default dtype for half-precision scores.
import torch


def softmax(scores, dim=-1):
    dtype = torch.promote_types(scores.dtype, torch.float32)
    return torch.full(scores.shape, 1 / scores.shape[dim], dtype=dtype)
