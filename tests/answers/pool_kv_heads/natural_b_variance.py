# mistake: multiplies the random numbers by the variance of the old weights instead of their standard deviation
# why: a physics undergraduate writes N(0, var) and forgets the root
import torch


def pool_kv_heads(state_dict, num_heads, num_kv_heads, how="mean"):
    group, rest = divmod(num_heads, num_kv_heads)
    if rest:
        raise ValueError("H_kv has to divide H")
    if how not in {"mean", "first", "random"}:
        raise ValueError(f"how = {how!r}")
    result = dict(state_dict)
    for projection in ("k_proj", "v_proj"):
        for kind in ("weight", "bias"):
            name = f"{projection}.{kind}"
            if name not in state_dict:
                continue
            old = state_dict[name]
            heads = old.unflatten(0, (num_kv_heads, group, -1))
            if how == "mean":
                result[name] = heads.mean(dim=1).flatten(0, 1)
            elif how == "first":
                result[name] = heads[:, 0].flatten(0, 1)
            else:
                shape = heads[:, 0].flatten(0, 1).shape
                result[name] = old.var() * torch.randn(shape, dtype=old.dtype, device=old.device)
    return result
