# names: uniform_weights
# Every query gets the mean of the values.
import torch


def attention(q, k, v):
    w = torch.ones_like(q[..., :1]) * torch.ones_like(k[..., 0]).unsqueeze(-2) / k.shape[-2]
    return v.mean(-2, keepdim=True).expand(*v.shape[:-2], q.shape[-2], -1).clone(), w
