# mistake: folds the group behind the positions, and forgets to exchange the two axes again afterwards
# why: a reshape to the shape of q at the end looks complete
import torch


def grouped_attention(q, k, v, mask=None):
    H, H_kv = q.shape[1], k.shape[1]
    if H % H_kv:
        raise ValueError(f"{H_kv} KV heads for {H} heads")
    sizes = (H_kv, H // H_kv)
    if mask is not None:
        full = (q.shape[0], H, q.shape[2], k.shape[2])
        mask = mask.broadcast_to(full).unflatten(1, sizes).transpose(2, 3).flatten(2, 3)
    folded = q.unflatten(1, sizes).transpose(2, 3).flatten(2, 3)  # (B, H_kv, L_q * group, d_head)
    output, _ = masked_attention(folded, k, v, mask)
    return output.reshape(q.shape)
