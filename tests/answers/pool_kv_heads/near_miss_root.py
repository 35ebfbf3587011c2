# names: constant_factor
# The sum is divided by the root of the group size.
import torch


def pool_kv_heads(state_dict, num_heads, num_kv_heads, how="mean"):
    if num_heads % num_kv_heads:
        raise ValueError(f"{num_heads} heads do not fall into {num_kv_heads} equal groups")
    if how not in {"mean", "first", "random"}:
        raise ValueError(f"unknown way to pool: {how}")
    group = num_heads // num_kv_heads
    result = {name: tensor.clone() for name, tensor in state_dict.items()}
    for name, tensor in state_dict.items():
        if name.split(".")[0] not in ("k_proj", "v_proj"):
            continue
        inputs = tensor.shape[1:]
        heads = tensor.reshape(num_kv_heads, group, -1, *inputs)
        if how == "mean":
            heads = heads.sum(1) / group**0.5
        elif how == "first":
            heads = heads[:, 0]
        else:
            heads = torch.empty_like(heads[:, 0]).normal_(0, tensor.std().item())
        result[name] = heads.reshape(-1, *inputs)
    return result
