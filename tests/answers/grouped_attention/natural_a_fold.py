# mistake: folds the query heads as (group, H_kv), so query head h reads KV head h % H_kv
# why: writes group before KV heads, since a group sounds like the outer part
def grouped_attention(q, k, v, mask=None):
    B, H, L, D = q.shape
    H_kv, S = k.shape[1:3]
    if H % H_kv:
        raise ValueError(f"{H_kv} KV heads do not divide {H} heads")
    g = H // H_kv
    rows = q.reshape(B, g, H_kv, L, D).transpose(1, 2).reshape(B, H_kv, g * L, D)
    if mask is not None:
        mask = mask.broadcast_to(B, H, L, S)
        mask = mask.reshape(B, g, H_kv, L, S).transpose(1, 2).reshape(B, H_kv, g * L, S)
    out, _ = masked_attention(rows, k, v, mask)
    return out.reshape(B, H_kv, g, L, D).transpose(1, 2).reshape(B, H, L, D)
