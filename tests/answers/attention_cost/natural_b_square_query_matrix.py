# mistake: takes q_proj and o_proj as d_model x d_model matrices, whatever d_head is
# why: knows it like that from Llama, where num_heads * d_head is d_model
def attention_cost(
    d_model, num_heads, num_kv_heads, d_head, q_len, k_len, batch=1, bytes_per_value=2
):
    q_proj = d_model * d_model
    k_proj = d_model * num_kv_heads * d_head
    v_proj = k_proj
    o_proj = d_model * d_model
    parameters = q_proj + k_proj + v_proj + o_proj
    tokens = batch * q_len
    scores = batch * num_heads * q_len * k_len * d_head
    weighted_sum = scores
    return dict(
        parameters=parameters,
        projection_flops=2 * tokens * parameters,
        attention_flops=2 * (scores + weighted_sum),
        kv_bytes=2 * batch * num_kv_heads * k_len * d_head * bytes_per_value,
    )
