# names: kv_swapped
# The helper takes values before keys; the call does not.
import math

import torch


def _mix(query, values, keys, keep):
    s = torch.einsum("...id,...jd->...ij", query, keys) / math.sqrt(query.shape[-1])
    keep = torch.ones_like(s).bool() if keep is None else keep
    w = s.masked_fill(~keep, -math.inf).softmax(-1).masked_fill(~keep, 0)
    return w @ values, w


def masked_attention(q, k, v, mask=None):
    out, w = _mix(q.double(), k.double(), v.double(), mask)
    return out.to(q.dtype), w.to(q.dtype)
