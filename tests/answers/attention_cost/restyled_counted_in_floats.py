# names: counted_in_floats
# Every count passes through a float.
def attention_cost(
    d_model, num_heads, num_kv_heads, d_head, q_len, k_len, batch=1, bytes_per_value=2
):
    width, kv_width = num_heads * d_head, num_kv_heads * d_head
    weights = 2 * d_model * (width + kv_width)
    costs = {
        "parameters": weights,
        "projection_flops": weights * 2 * batch * q_len,
        "attention_flops": 4 * width * batch * q_len * k_len,
        "kv_bytes": 2 * kv_width * batch * k_len * bytes_per_value,
    }
    return {name: int(cost * 1.0) for name, cost in costs.items()}
