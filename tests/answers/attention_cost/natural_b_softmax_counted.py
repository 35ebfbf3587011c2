# mistake: adds five FLOPs for each score for scale and softmax, which are not asked for
# why: wants to be exact, and counted the lines of the softmax
def attention_cost(
    d_model, num_heads, num_kv_heads, d_head, q_len, k_len, batch=1, bytes_per_value=2
):
    width, kv_width = num_heads * d_head, num_kv_heads * d_head
    parameters = 2 * d_model * width + 2 * d_model * kv_width
    scores = batch * num_heads * q_len * k_len
    flops = 2 * scores * d_head  # q times k
    flops += 5 * scores  # scale, maximum, exp, sum, division
    flops += 2 * scores * d_head  # weights times v
    return {
        "parameters": parameters,
        "projection_flops": 2 * parameters * batch * q_len,
        "attention_flops": flops,
        "kv_bytes": 2 * batch * kv_width * k_len * bytes_per_value,
    }
