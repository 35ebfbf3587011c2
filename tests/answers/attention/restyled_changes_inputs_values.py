# names: changes_inputs
# The sum over keys is accumulated in the caller's v.
import torch


def attention(q, k, v):
    w = torch.softmax(q @ k.mT / q.shape[-1] ** 0.5, -1)
    out = w @ v
    v.detach().cumsum_(-2)
    return out, w
