# names: mean_instead_of_first, random_not_random
# how is checked, and never used.
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
        result[name] = heads.mean(1).reshape(-1, *inputs)
    return result
