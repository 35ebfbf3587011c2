# mistake: expand and reshape make a repeated copy of keys and values, so memory grows with the group size
# why: expand is known to copy nothing, and that reshape then has to is not known
def grouped_attention(q, k, v, mask=None):
    B, H, L_q, d_head = q.shape
    H_kv, L_k = k.shape[1], k.shape[2]
    if H % H_kv != 0:
        raise ValueError("H_kv must divide H")
    g = H // H_kv
    k = k[:, :, None].expand(B, H_kv, g, L_k, d_head).reshape(B, H, L_k, d_head)
    v = v[:, :, None].expand(B, H_kv, g, L_k, d_head).reshape(B, H, L_k, d_head)
    output, _ = masked_attention(q, k, v, mask)
    return output
