# names:
# Written for a single query, then lifted by torch.func.vmap over queries and over all leading axes.
import torch
from torch.func import vmap


def one_query(query, keys, values, allowed):
    """`query (d_head,)`, `keys (L_k, d_head)`, `values (L_k, d_v)`, `allowed (L_k,)`."""
    scores = keys @ query / query.shape[0] ** 0.5
    anything = allowed.any()
    scores = torch.where(allowed | ~anything, scores, float("-inf"))
    scores = torch.where(anything, scores, 0.0)
    weights = torch.softmax(scores, dim=0)
    weights = torch.where(anything, weights, 0.0)
    return weights @ values, weights


all_queries = vmap(one_query, in_dims=(0, None, None, 0))


def masked_attention(q, k, v, mask=None):
    """Scaled dot-product attention under a boolean mask."""
    lead, l_q, l_k = q.shape[:-2], q.shape[-2], k.shape[-2]
    work = torch.promote_types(q.dtype, torch.float32)
    if mask is None:
        mask = torch.ones((), dtype=torch.bool, device=q.device)
    mask = mask.broadcast_to(*lead, l_q, l_k)
    lifted = all_queries
    for _ in lead:
        lifted = vmap(lifted)
    output, weights = lifted(q.to(work), k.to(work), v.to(work), mask)
    return output.to(q.dtype), weights.to(q.dtype)
