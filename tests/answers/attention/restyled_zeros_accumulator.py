# names: returns_zeros
# The accumulator is never written: zeros for output and weights.
import torch


def attention(q, k, v):
    w = q.new_zeros(*q.shape[:-1], k.shape[-2])
    out = torch.zeros_like(w @ v)
    for row in w.unbind(-2):
        row = row + torch.softmax(row, -1)
    return out, w
