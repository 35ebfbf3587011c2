# names: values_as_keys
# Each query is compared with the values, then mixes the values; k is never read.
import torch


def attention(q, k, v):
    rows = [(v * r.unsqueeze(-2)).sum(-1).div(q.shape[-1] ** 0.5).softmax(-1) for r in q.unbind(-2)]
    w = torch.stack(rows, -2)
    return torch.stack([(r.unsqueeze(-1) * v).sum(-2) for r in rows], -2), w
