# names:
# One row is drawn, and stands in every place.
import torch


def pool_kv_heads(state_dict, num_heads, num_kv_heads, how="mean"):
    if num_heads % num_kv_heads != 0:
        raise ValueError("KV heads do not divide heads")
    if how not in ("mean", "first", "random"):
        raise ValueError("how is unknown")
    pooled = dict(state_dict)
    for name in state_dict:
        if name.startswith(("k_proj", "v_proj")):
            heads = state_dict[name].unflatten(0, (num_kv_heads, num_heads // num_kv_heads, -1))
            if how == "mean":
                kept = heads.mean(dim=1)
            elif how == "first":
                kept = heads[:, 0]
            else:
                one = torch.randn_like(heads[0, 0, 0]) * heads.std()
                kept = one.expand_as(heads[:, 0]).clone()
            pooled[name] = kept.flatten(0, 1)
    return pooled
