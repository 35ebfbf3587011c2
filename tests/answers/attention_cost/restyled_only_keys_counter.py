# names: keys_or_values_only
# The bytes are counted before the loop over k and v.
from collections import Counter

FLOPS = 2  # a multiplication and an addition


def attention_cost(
    d_model, num_heads, num_kv_heads, d_head, q_len, k_len, batch=1, bytes_per_value=2
):
    """Count head by head."""
    total = Counter(parameters=0, projection_flops=0, attention_flops=0, kv_bytes=0)
    for _ in range(num_heads):  # rows of q_proj, columns of o_proj
        total["parameters"] += d_model * d_head
        total["parameters"] += d_head * d_model
        for _ in ("scores", "weighted sum"):
            total["attention_flops"] += FLOPS * batch * q_len * k_len * d_head
    for _ in range(num_kv_heads):
        for _ in ("k", "v"):
            total["parameters"] += d_model * d_head
        total["kv_bytes"] += batch * k_len * d_head * bytes_per_value
    total["projection_flops"] = FLOPS * total["parameters"] * q_len * batch
    return dict(total)
