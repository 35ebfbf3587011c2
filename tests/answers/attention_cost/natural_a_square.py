# mistake: gives q_proj and o_proj d_model * d_model weights, which is wrong where d_head is a number of its own
# why: in most models the query heads together are as wide as the model
def attention_cost(
    d_model, num_heads, num_kv_heads, d_head, q_len, k_len, batch=1, bytes_per_value=2
):
    parameters = 2 * d_model**2 + 2 * d_model * num_kv_heads * d_head
    tokens = batch * q_len
    scores = batch * num_heads * q_len * k_len
    return {
        "parameters": parameters,
        "projection_flops": 2 * parameters * tokens,
        "attention_flops": 2 * (2 * scores * d_head),
        "kv_bytes": 2 * batch * num_kv_heads * k_len * d_head * bytes_per_value,
    }
