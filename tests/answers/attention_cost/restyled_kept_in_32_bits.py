# names: kept_in_32_bits
# Every count passes through an array of 32-bit numbers.
import torch


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
    kept = torch.tensor(list(costs.values())).to(torch.int32).tolist()
    return dict(zip(costs, kept, strict=True))
