# mistake: "random" draws with the standard deviation of the pooled heads, which is smaller than that of the old weights
# why: the mean is made first and the random weights are to be like the tensor that they replace
import torch


def pool_kv_heads(state_dict, num_heads, num_kv_heads, how="mean"):
    if num_heads % num_kv_heads != 0:
        raise ValueError(f"{num_heads} heads cannot be pooled to {num_kv_heads}")
    if how not in ["mean", "first", "random"]:
        raise ValueError(f"how={how!r}")
    new_state = {k: v.clone() for k, v in state_dict.items()}
    for name in list(new_state):
        if name.startswith("k_proj.") or name.startswith("v_proj."):
            heads = new_state[name].unflatten(0, (num_kv_heads, num_heads // num_kv_heads, -1))
            pooled = heads.mean(dim=1)
            if how == "first":
                pooled = heads[:, 0]
            if how == "random":
                pooled = torch.randn_like(pooled) * pooled.std()
            new_state[name] = pooled.flatten(0, 1).contiguous()
    return new_state
