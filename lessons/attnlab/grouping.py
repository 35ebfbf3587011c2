"""Right ways to share KV heads, which differ in what they copy: all give the same values.

Each takes queries ``(B, H, L_q, d_head)``, keys and values ``(B, H_kv, L_k, d_head)`` and gives
``(B, H, L_q, d_head)``, without a mask.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F


def heads(number: int) -> str:
    """A number of KV heads in words."""
    return f"{number} KV head{'s' if number > 1 else ''}"


def _attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Attention over any leading axes; keys and values are multiplied in the dtype they have."""
    scores = (q / q.shape[-1] ** 0.5) @ k.mT  # (..., L_q, L_k)
    weights = torch.softmax(scores, dim=-1, dtype=torch.promote_types(q.dtype, torch.float32))
    return weights.to(v.dtype) @ v


def repeat(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Keys and values are copied for every query head of their group."""
    group = q.shape[1] // k.shape[1]
    return _attend(q, k.repeat_interleave(group, dim=1), v.repeat_interleave(group, dim=1))


def broadcast(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """The queries get an axis for the group, and ``@`` broadcasts: it copies inside."""
    q = q.unflatten(1, (k.shape[1], -1))  # (B, H_kv, group, L_q, d_head)
    return _attend(q, k[:, :, None], v[:, :, None]).flatten(1, 2)


def _folded(q: Tensor, k: Tensor) -> Tensor:
    return q.reshape(q.shape[0], k.shape[1], -1, q.shape[-1])  # (B, H_kv, group * L_q, d_head)


def fold(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """The group is folded into the rows of the queries: nothing is copied."""
    return _attend(_folded(q, k), k, v).reshape(q.shape)


def sdpa(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """PyTorch's own, which never holds all scores at once."""
    return F.scaled_dot_product_attention(q, k, v, enable_gqa=k.shape[1] != q.shape[1])


def fold_sdpa(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """The folded rows, attended to by PyTorch's own."""
    return F.scaled_dot_product_attention(_folded(q, k), k, v).reshape(q.shape)


WAYS: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "repeat": repeat,
    "broadcast": broadcast,
    "fold": fold,
    "SDPA": sdpa,
    "fold through SDPA": fold_sdpa,
}
