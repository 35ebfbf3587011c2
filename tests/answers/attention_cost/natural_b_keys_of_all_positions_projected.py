# mistake: counts k_proj and v_proj for all k_len positions instead of the q_len new tokens
# why: keys have length L_k, so their projection must be made for L_k tokens; the cache was forgotten
def attention_cost(
    d_model, num_heads, num_kv_heads, d_head, q_len, k_len, batch=1, bytes_per_value=2
):
    wide, narrow = num_heads * d_head, num_kv_heads * d_head
    q_and_o = 2 * d_model * wide
    k_and_v = 2 * d_model * narrow
    return {
        "parameters": q_and_o + k_and_v,
        "projection_flops": 2 * batch * (q_len * q_and_o + k_len * k_and_v),
        "attention_flops": 2 * 2 * batch * num_heads * q_len * k_len * d_head,
        "kv_bytes": 2 * batch * num_kv_heads * k_len * d_head * bytes_per_value,
    }
