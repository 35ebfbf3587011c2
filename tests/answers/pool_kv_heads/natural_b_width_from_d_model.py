# mistake: computes d_head as d_model // num_heads, which raises an error when d_head is a number of its own
# why: the second axis of a weight is d_model, and the usual formula was at hand
import torch


def pool_kv_heads(state_dict, num_heads, num_kv_heads, how="mean"):
    if num_heads % num_kv_heads:
        raise ValueError("num_kv_heads must divide num_heads")
    if how not in ("mean", "first", "random"):
        raise ValueError(f"how must be mean, first or random, not {how}")
    d_model = state_dict["k_proj.weight"].shape[1]
    d_head = d_model // num_heads
    shape = (num_kv_heads, num_heads // num_kv_heads, d_head)
    result = {}
    for name, old in state_dict.items():
        if name.startswith("q_proj") or name.startswith("o_proj"):
            result[name] = old.clone()
            continue
        grouped = old.unflatten(0, shape)
        if how == "mean":
            result[name] = grouped.mean(1).flatten(0, 1)
        elif how == "first":
            result[name] = grouped.select(1, 0).flatten(0, 1)
        else:
            result[name] = torch.randn_like(grouped.select(1, 0)).flatten(0, 1) * old.std()
    return result
