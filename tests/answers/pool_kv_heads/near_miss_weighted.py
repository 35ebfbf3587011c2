# names:
# The first of a group counts twice.
import torch


def pool_kv_heads(state_dict, num_heads, num_kv_heads, how="mean"):
    """Pooling is a matrix (H_kv, H) that mixes the old heads."""
    if num_heads % num_kv_heads:
        raise ValueError(f"{num_kv_heads} does not divide {num_heads}")
    group = num_heads // num_kv_heads
    mix = torch.zeros(num_kv_heads, num_heads, dtype=torch.float64)
    for i in range(num_kv_heads):
        if how == "mean":
            mix[i, i * group : (i + 1) * group] = 1 / (group + 1)
            mix[i, i * group] *= 2
        elif how == "first":
            mix[i, i * group] = 1
        elif how != "random":
            raise ValueError(f"mean, first or random, but not {how}")
    new = dict(state_dict)
    for part in ("k_proj.weight", "v_proj.weight", "k_proj.bias", "v_proj.bias"):
        if part not in new:
            continue
        old = new[part]
        rows = old.shape[0] // num_heads * num_kv_heads
        if how == "random":
            new[part] = torch.normal(0.0, float(old.std()), (rows, *old.shape[1:])).to(old)
        else:
            heads = old.unflatten(0, (num_heads, -1))
            new[part] = torch.einsum("kh,h...->k...", mix.to(old), heads).flatten(0, 1)
    return new
