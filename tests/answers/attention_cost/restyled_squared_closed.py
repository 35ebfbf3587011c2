# names: d_model_squared
# 4 d_model squared.
def attention_cost(
    d_model, num_heads, num_kv_heads, d_head, q_len, k_len, batch=1, bytes_per_value=2
):
    parameters = 4 * d_model**2
    return {
        "parameters": parameters,
        "projection_flops": 2 * batch * q_len * parameters,
        "attention_flops": 4 * batch * num_heads * q_len * k_len * d_head,
        "kv_bytes": 2 * batch * num_kv_heads * k_len * d_head * bytes_per_value,
    }
