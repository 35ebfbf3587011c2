# mistake: counts only the pairs that a causal mask allows
# why: an over-engineer who knows that half of the square is thrown away in prefill
def attention_cost(
    d_model, num_heads, num_kv_heads, d_head, q_len, k_len, batch=1, bytes_per_value=2
):
    parameters = 2 * d_model * d_head * (num_heads + num_kv_heads)
    pairs = q_len * k_len - q_len * (q_len - 1) // 2  # without the upper triangle
    return {
        "parameters": parameters,
        "projection_flops": 2 * parameters * batch * q_len,
        "attention_flops": 4 * batch * num_heads * pairs * d_head,
        "kv_bytes": 2 * batch * num_kv_heads * k_len * d_head * bytes_per_value,
    }
