# names:
# Right: batch and query loops; hidden keys are cut out with the boolean row.
import math

import torch
import torch.nn.functional as F


def _rows(q, k, v, keep):
    outs, weights = [], []
    for query, row in zip(q, keep, strict=True):
        w = torch.zeros(len(k), dtype=q.dtype)
        if row.any():
            w = w.masked_scatter(row, F.softmax(k[row] @ query / math.sqrt(len(query)), 0))
        weights.append(w)
        outs.append(w @ v)
    return torch.stack(outs), torch.stack(weights)


def masked_attention(q, k, v, mask=None):
    if mask is None:
        mask = torch.tensor(True)
    keep = mask.expand(*q.shape[:-1], k.shape[-2])
    wide = torch.promote_types(q.dtype, torch.float32)
    flat = [t.to(wide).reshape(-1, *t.shape[-2:]) for t in (q, k, v)]
    parts = [_rows(*p) for p in zip(*flat, keep.reshape(-1, *keep.shape[-2:]), strict=True)]
    out, w = (torch.stack(t).to(q.dtype) for t in zip(*parts, strict=True))
    return out.reshape(*q.shape[:-1], v.shape[-1]), w.reshape(keep.shape)
