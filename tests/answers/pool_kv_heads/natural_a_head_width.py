# mistake: takes d_model // num_heads for d_head, which raises an error where d_head is a number of its own
# why: the width of a head is not among the arguments, and this is the usual one
import torch


def pool_kv_heads(state_dict, num_heads, num_kv_heads, how="mean"):
    if num_heads % num_kv_heads != 0:
        raise ValueError("num_kv_heads must divide num_heads")
    if how not in ("mean", "first", "random"):
        raise ValueError("how must be 'mean', 'first' or 'random'")
    d_model = state_dict["q_proj.weight"].shape[1]
    d_head = d_model // num_heads
    group = num_heads // num_kv_heads
    converted = {}
    for name, old in state_dict.items():
        if name.startswith(("k_proj", "v_proj")):
            heads = old.unflatten(0, (num_kv_heads, group, d_head))
            if how == "mean":
                new = heads.mean(dim=1)
            elif how == "first":
                new = heads[:, 0].clone()
            else:
                new = torch.normal(0.0, old.std().item(), heads[:, 0].shape, dtype=old.dtype)
            converted[name] = new.flatten(0, 1)
        else:
            converted[name] = old.clone()
    return converted
