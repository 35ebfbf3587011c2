# names: biases_counted
# A bias for each row of the four.
def attention_cost(
    d_model, num_heads, num_kv_heads, d_head, q_len, k_len, batch=1, bytes_per_value=2
):
    parameters = 2 * d_model * d_head * (num_heads + num_kv_heads)
    parameters += (num_heads + 2 * num_kv_heads) * d_head + d_model
    return {
        "parameters": parameters,
        "projection_flops": 4 * batch * q_len * d_model * d_head * (num_heads + num_kv_heads),
        "attention_flops": 4 * batch * num_heads * q_len * k_len * d_head,
        "kv_bytes": 2 * batch * num_kv_heads * k_len * d_head * bytes_per_value,
    }
