# mistake: "first" takes the first H_kv heads of all, not the first head of each group
# why: a slice from the front is what "first" suggests
import torch


def pool_kv_heads(state_dict, num_heads, num_kv_heads, how="mean"):
    if num_heads % num_kv_heads != 0:
        raise ValueError("num_kv_heads must divide num_heads")
    if how not in ("mean", "first", "random"):
        raise ValueError(f"unknown way: {how}")
    pooled = {name: tensor.clone() for name, tensor in state_dict.items()}
    for name, old in state_dict.items():
        if not name.startswith(("k_proj", "v_proj")):
            continue
        d_head = old.shape[0] // num_heads
        rows = num_kv_heads * d_head
        if how == "mean":
            heads = old.unflatten(0, (num_kv_heads, num_heads // num_kv_heads, d_head))
            pooled[name] = heads.mean(dim=1).flatten(0, 1)
        elif how == "first":
            pooled[name] = old[:rows].clone()
        else:
            pooled[name] = torch.randn(rows, *old.shape[1:], dtype=old.dtype) * old.std()
    return pooled
