# mistake: all query heads of a group get the mask of the group's first head
# why: believes that heads which share keys also share their mask; with one mask for all heads it is right
import torch


def grouped_attention(q, k, v, mask=None):
    B, H, L_q, d_head = q.shape
    H_kv, L_k = k.shape[1], k.shape[2]
    if H % H_kv != 0:
        raise ValueError("H_kv must divide H")
    group = H // H_kv
    rows = q.reshape(B, H_kv, group * L_q, d_head)
    if mask is not None:
        per_kv_head = mask.broadcast_to(B, H, L_q, L_k)[:, ::group]  # (B, H_kv, L_q, L_k)
        mask = per_kv_head.repeat(1, 1, group, 1)
    return masked_attention(rows, k, v, mask)[0].reshape(q.shape)
