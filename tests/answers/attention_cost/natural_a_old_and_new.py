# mistake: reads keys and values of k_len + q_len positions, counting the new tokens twice
# why: "those of the new tokens included" is overlooked, and old plus new seems right
def attention_cost(
    d_model, num_heads, num_kv_heads, d_head, q_len, k_len, batch=1, bytes_per_value=2
):
    weights = 2 * d_model * num_heads * d_head + 2 * d_model * num_kv_heads * d_head
    positions = k_len + q_len
    return dict(
        parameters=weights,
        projection_flops=2 * weights * q_len * batch,
        attention_flops=4 * batch * num_heads * d_head * q_len * k_len,
        kv_bytes=2 * num_kv_heads * d_head * positions * batch * bytes_per_value,
    )
