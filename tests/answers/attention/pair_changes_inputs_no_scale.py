# names: changes_inputs, no_scale
# The caller's values come back negated, and nothing is divided.
import torch


def attention(q, k, v):
    w = torch.softmax((q.unsqueeze(-2) * k.unsqueeze(-3)).sum(-1), -1)
    out = w @ v
    v.detach().neg_()
    return out, w
