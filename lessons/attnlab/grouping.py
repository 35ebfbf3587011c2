"""Right ways to share KV heads, which differ in what they copy: all give the same values.

Each takes queries ``(B, H, L_q, d_head)``, keys and values ``(B, H_kv, L_k, d_head)`` and gives
``(B, H, L_q, d_head)``, without a mask.
"""

from __future__ import annotations

import torch
from torch.nn import functional as F


def _attend(q, k, v):
    """Attention over any leading axes; keys and values are multiplied in the dtype they have."""
    scores = (q / q.shape[-1] ** 0.5) @ k.mT  # (..., L_q, L_k)
    weights = torch.softmax(scores, dim=-1, dtype=torch.promote_types(q.dtype, torch.float32))
    return weights.to(v.dtype) @ v


def repeat(q, k, v):
    """Keys and values are copied for every query head of their group."""
    k, v = (each.repeat_interleave(q.shape[1] // k.shape[1], dim=1) for each in (k, v))
    return _attend(q, k, v)


def broadcast(q, k, v):
    """The queries get an axis for the group, and ``@`` broadcasts: it copies inside."""
    q = q.unflatten(1, (k.shape[1], -1))  # (B, H_kv, group, L_q, d_head)
    return _attend(q, k[:, :, None], v[:, :, None]).flatten(1, 2)


def fold(q, k, v):
    """The group is folded into the rows of the queries: nothing is copied."""
    rows = q.reshape(q.shape[0], k.shape[1], -1, q.shape[-1])  # (B, H_kv, group * L_q, d_head)
    return _attend(rows, k, v).reshape(q.shape)


def sdpa(q, k, v):
    """PyTorch's own, which never holds all scores at once."""
    return F.scaled_dot_product_attention(q, k, v, enable_gqa=k.shape[1] != q.shape[1])


WAYS = {"repeat": repeat, "broadcast": broadcast, "fold": fold, "SDPA": sdpa}
