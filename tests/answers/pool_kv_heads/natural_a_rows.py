# mistake: "first" keeps the first num_kv_heads heads, not the first of each group
# why: reads "first" as the first ones, which is one short slice
import torch


def pool_kv_heads(state_dict, num_heads, num_kv_heads, how="mean"):
    if num_heads % num_kv_heads:
        raise ValueError("not a divisor")
    if how not in ("mean", "first", "random"):
        raise ValueError(how)
    out = dict(state_dict)
    for name, t in state_dict.items():
        if not name.startswith(("k_proj", "v_proj")):
            continue
        d_head = t.shape[0] // num_heads
        rows = num_kv_heads * d_head
        if how == "mean":
            out[name] = t.unflatten(0, (num_kv_heads, -1, d_head)).mean(1).flatten(0, 1)
        elif how == "first":
            out[name] = t[:rows].clone()
        else:
            out[name] = torch.randn((rows, *t.shape[1:]), dtype=t.dtype, device=t.device) * t.std()
    return out
