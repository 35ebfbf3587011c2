# mistake: unfolds the rows as (L_q, H) in place of (H, L_q), which mixes heads and positions where there is more than one query
# why: positions come before heads in the last step of multi-head attention, and one new token hides it
def grouped_attention(q, k, v, mask=None):
    """Scaled dot-product attention with shared KV heads."""
    B, H, L_q, d_head = q.shape
    _, H_kv, L_k, _ = k.shape
    if H % H_kv != 0:
        raise ValueError("H_kv does not divide H")
    group = H // H_kv
    folded = q.reshape(B, H_kv, group * L_q, d_head)
    if mask is not None:
        mask = mask.broadcast_to((B, H, L_q, L_k)).reshape(B, H_kv, group * L_q, L_k)
    output, _ = masked_attention(folded, k, v, mask)
    return output.reshape(B, L_q, H, d_head).transpose(1, 2)
