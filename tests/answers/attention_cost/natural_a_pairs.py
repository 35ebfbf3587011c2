# mistake: counts the scores and forgets the weighted sum
# why: "over all pairs" makes one think of the scores, and the 2 that stands there is that of the multiply-add
def attention_cost(
    d_model, num_heads, num_kv_heads, d_head, q_len, k_len, batch=1, bytes_per_value=2
):
    """Cost of one attention layer, counted; one multiply-add is 2 FLOPs."""
    H, H_kv, D = num_heads, num_kv_heads, d_head
    cost = {}
    cost["parameters"] = d_model * D * (2 * H + 2 * H_kv)
    cost["projection_flops"] = 2 * cost["parameters"] * q_len * batch
    cost["attention_flops"] = 2 * batch * H * q_len * k_len * D
    cost["kv_bytes"] = 2 * batch * H_kv * k_len * D * bytes_per_value
    return cost
