# names:
# Recursion over the leading axes, each peeled off by torch.vmap; walrus; no matrix product at the
# top.
import math

import torch


def _plain(q, k):
    """Two matrices: a column of queries against a row of keys, by broadcasting."""
    return (q[:, None, :] * k[None, :, :]).sum(-1) / math.sqrt(q.shape[-1])


def _peel(q, k):
    return _plain(q, k) if q.ndim == 2 else torch.vmap(_peel)(q, k)


def scaled_scores(q, k):
    """Scaled dot products of every query with every key."""
    lead = torch.broadcast_shapes(q.shape[:-2], k.shape[:-2])
    wide = [
        each.to(work).expand(*lead, *each.shape[-2:])
        for each in (q, k)
        if (work := torch.promote_types(each.dtype, torch.float32))
    ]
    return _peel(*wide).to(q.dtype)
