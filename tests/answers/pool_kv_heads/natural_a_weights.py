# mistake: pools the weights and leaves the biases of keys and values at their full size
# why: the function is about weights, and models without biases are what one tries
import torch


def pool_kv_heads(state_dict, num_heads, num_kv_heads, how="mean"):
    if num_heads % num_kv_heads != 0:
        raise ValueError("num_kv_heads must divide num_heads")
    if how not in ("mean", "first", "random"):
        raise ValueError(f"unknown way: {how}")
    group = num_heads // num_kv_heads
    new = {name: t.clone() for name, t in state_dict.items()}
    for name in ("k_proj.weight", "v_proj.weight"):
        w = state_dict[name]
        by_group = w.unflatten(0, (num_kv_heads, group, -1))
        if how == "mean":
            pooled = by_group.mean(dim=1)
        elif how == "first":
            pooled = by_group[:, 0]
        else:
            pooled = torch.randn_like(by_group[:, 0]) * w.std()
        new[name] = pooled.flatten(0, 1).clone()
    return new
