# mistake: writes the pooled weights into the given dictionary
# why: a second name is not a copy, which a web developer forgets at midnight
import torch


def pool_kv_heads(state_dict, num_heads, num_kv_heads, how="mean"):
    if num_heads % num_kv_heads:
        raise ValueError("num_kv_heads must divide num_heads")
    if how not in ("mean", "first", "random"):
        raise ValueError("how must be 'mean', 'first' or 'random'")
    new = state_dict
    for name in list(new):
        if name.split(".")[0] in ("k_proj", "v_proj"):
            old = new[name]
            grouped = old.unflatten(0, (num_kv_heads, num_heads // num_kv_heads, -1))
            if how == "mean":
                new[name] = grouped.mean(dim=1).flatten(0, 1)
            elif how == "first":
                new[name] = grouped[:, 0].flatten(0, 1)
            else:
                like = grouped[:, 0].flatten(0, 1)
                new[name] = torch.randn_like(like) * old.std()
    return new
