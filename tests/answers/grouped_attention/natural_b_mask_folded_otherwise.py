# mistake: the queries are folded as (group, L_q), the mask as (L_q, group), so rows get the masks of other rows
# why: folded the mask on another day, and thought of "for each query, its group"
import torch


def grouped_attention(q, k, v, mask=None):
    B, H, L_q, d_head = q.shape
    H_kv, L_k = k.shape[1], k.shape[2]
    if H % H_kv != 0:
        raise ValueError("H_kv must divide H")
    group = H // H_kv
    rows = q.reshape(B, H_kv, group * L_q, d_head)
    if mask is not None:
        mask = mask.broadcast_to(B, H, L_q, L_k).unflatten(1, (H_kv, group))
        mask = mask.transpose(2, 3).reshape(B, H_kv, L_q * group, L_k)
    out, _ = masked_attention(rows, k, v, mask)
    return out.reshape(B, H, L_q, d_head)
