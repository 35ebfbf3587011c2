# either: scores_only, causal_half
# The weighted sum is left out.
def matmul_flops(rows, inner, columns):
    return 2 * rows * inner * columns


def attention_cost(
    d_model, num_heads, num_kv_heads, d_head, q_len, k_len, batch=1, bytes_per_value=2
):
    q_width, kv_width = num_heads * d_head, num_kv_heads * d_head
    layers = [(d_model, q_width), (d_model, kv_width), (d_model, kv_width), (q_width, d_model)]
    tokens = batch * q_len
    scores = matmul_flops(q_len, d_head, k_len)
    return dict(
        parameters=sum(rows * columns for rows, columns in layers),
        projection_flops=sum(matmul_flops(tokens, n, m) for n, m in layers),
        attention_flops=batch * num_heads * scores,
        kv_bytes=batch * num_kv_heads * 2 * k_len * d_head * bytes_per_value,
    )
