# names: o_proj_forgotten
# o_proj is not in the list.
import torch
from torch import nn


def attention_cost(
    d_model, num_heads, num_kv_heads, d_head, q_len, k_len, batch=1, bytes_per_value=2
):
    with torch.device("meta"):
        q_proj = nn.Linear(d_model, num_heads * d_head, bias=False)
        k_proj = nn.Linear(d_model, num_kv_heads * d_head, bias=False)
        v_proj = nn.Linear(d_model, num_kv_heads * d_head, bias=False)
        keys = torch.empty(batch, num_kv_heads, k_len, d_head)
        values = torch.empty(batch, num_kv_heads, k_len, d_head)
        scores = torch.empty(batch, num_heads, q_len, k_len)
    projections = nn.ModuleList([q_proj, k_proj, v_proj])
    weights = sum(p.numel() for p in projections.parameters())
    cost = {"parameters": weights}
    cost["projection_flops"] = weights * 2 * batch * q_len
    cost["attention_flops"] = scores.numel() * d_head * 2 * 2
    cost["kv_bytes"] = (keys.numel() + values.numel()) * bytes_per_value
    return cost
