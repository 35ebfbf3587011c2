# names: scale_by_sqrt_length, softmax_over_queries
# Root of the number of queries, normalised over queries.
import torch


def attention(q, k, v):
    columns = [(q @ key[..., None])[..., 0] / q.shape[-2] ** 0.5 for key in k.unbind(-2)]
    w = torch.stack([c.softmax(-1) for c in columns], -1)
    return w @ v, w
