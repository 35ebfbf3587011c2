# mistake: lets all k_len positions pass k_proj and v_proj, not the new tokens only
# why: there are k_len keys and values, so they seem to have to be made
def attention_cost(
    d_model, num_heads, num_kv_heads, d_head, q_len, k_len, batch=1, bytes_per_value=2
):
    q_weights = d_model * num_heads * d_head
    kv_weights = d_model * num_kv_heads * d_head
    parameters = 2 * q_weights + 2 * kv_weights
    projection = 2 * batch * (2 * q_weights * q_len + 2 * kv_weights * k_len)
    attention = 2 * 2 * batch * num_heads * q_len * k_len * d_head
    kv_bytes = 2 * batch * num_kv_heads * k_len * d_head * bytes_per_value
    return {
        "parameters": parameters,
        "projection_flops": projection,
        "attention_flops": attention,
        "kv_bytes": kv_bytes,
    }
