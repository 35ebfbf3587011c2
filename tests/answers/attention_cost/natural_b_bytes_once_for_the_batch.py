# mistake: kv_bytes is not multiplied by the batch
# why: reads "read once" as once for all sequences together, as it is for weights
def attention_cost(
    d_model, num_heads, num_kv_heads, d_head, q_len, k_len, batch=1, bytes_per_value=2
):
    weights = 2 * d_model * num_heads * d_head + 2 * d_model * num_kv_heads * d_head
    return {
        "parameters": weights,
        "projection_flops": 2 * batch * q_len * weights,
        "attention_flops": 4 * batch * num_heads * q_len * k_len * d_head,
        "kv_bytes": 2 * num_kv_heads * k_len * d_head * bytes_per_value,
    }
