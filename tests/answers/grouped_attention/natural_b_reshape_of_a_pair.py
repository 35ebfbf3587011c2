# mistake: masked_attention returns a pair, and the pair is reshaped: AttributeError
# why: in a hurry, copied the fold from the lesson and lost the [0]
import torch


def grouped_attention(q, k, v, mask=None):
    B, H, L_q, d_head = q.shape
    _, H_kv, L_k, _ = k.shape
    if H % H_kv:
        raise ValueError("H_kv does not divide H")
    rows = q.reshape(B, H_kv, -1, d_head)
    if mask is not None:
        mask = mask.broadcast_to(B, H, L_q, L_k).reshape(B, H_kv, -1, L_k)
    return masked_attention(rows, k, v, mask).reshape(q.shape)
