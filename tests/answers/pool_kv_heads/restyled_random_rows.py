# names: random_reuses_old
# Rows of the old weights, in another order.
import torch


def pool_kv_heads(state_dict, num_heads, num_kv_heads, how="mean"):
    if num_heads % num_kv_heads or how not in ("mean", "first", "random"):
        raise ValueError("num_kv_heads has to divide num_heads, and how is one of three")
    pooled = dict(state_dict)
    for name, value in state_dict.items():
        if name[0] in "kv":
            groups = value.reshape(num_kv_heads, num_heads // num_kv_heads, -1, *value.shape[1:])
            kept = groups.mean(1) if how == "mean" else groups[:, 0]
            kept = kept.reshape(-1, *value.shape[1:])
            if how == "random":
                kept = value[torch.randperm(len(value))[: len(kept)]]
            pooled[name] = kept
    return pooled
