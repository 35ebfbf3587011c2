# names: no_scale
# Row by row, the scale forgotten.
import torch


def attention(q, k, v):
    rows = [torch.softmax((k * r.unsqueeze(-2)).sum(-1), -1) for r in q.unbind(-2)]
    weights = torch.stack(rows, dim=-2)
    return weights @ v, weights
