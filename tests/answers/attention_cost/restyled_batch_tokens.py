# names: batch_forgotten
# batch is an argument nobody reads.
def attention_cost(
    d_model, num_heads, num_kv_heads, d_head, q_len, k_len, batch=1, bytes_per_value=2
):
    parameters = 2 * d_model * d_head * (num_heads + num_kv_heads)
    return {
        "parameters": parameters,
        "projection_flops": 4 * q_len * d_model * d_head * (num_heads + num_kv_heads),
        "attention_flops": 4 * num_heads * q_len * k_len * d_head,
        "kv_bytes": 2 * num_kv_heads * k_len * d_head * bytes_per_value,
    }
