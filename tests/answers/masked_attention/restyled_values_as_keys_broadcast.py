# names: values_as_keys
# Queries against values by broadcasting, k is not read.
import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    table = v.to(wide)
    s = (q.to(wide).unsqueeze(-2) * table.unsqueeze(-3)).sum(-1) / q.shape[-1] ** 0.5
    keep = torch.ones_like(s).bool() if mask is None else mask
    w = torch.where(keep, s, torch.finfo(wide).min).softmax(-1) * keep
    return torch.einsum("...ij,...je->...ie", w, table).to(q.dtype), w.to(q.dtype)
