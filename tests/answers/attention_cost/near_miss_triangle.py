# names:
# Exactly the visible pairs of a causal mask.
def attention_cost(
    d_model, num_heads, num_kv_heads, d_head, q_len, k_len, batch=1, bytes_per_value=2
):
    parameters = 2 * d_model * d_head * (num_heads + num_kv_heads)
    return {
        "parameters": parameters,
        "projection_flops": 4 * batch * q_len * d_model * d_head * (num_heads + num_kv_heads),
        "attention_flops": 4
        * batch
        * num_heads
        * (q_len * k_len - q_len * (q_len - 1) // 2)
        * d_head,
        "kv_bytes": 2 * batch * num_kv_heads * k_len * d_head * bytes_per_value,
    }
