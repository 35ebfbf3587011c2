# names: pooled_wrong_neighbours
# Every H_kv-th head belongs to the group.
import torch


def _mean(heads):
    return torch.stack(heads).mean(dim=0)


def _first(heads):
    return heads[0]


def pool_kv_heads(state_dict, num_heads, num_kv_heads, how="mean"):
    if num_heads % num_kv_heads != 0:
        raise ValueError("num_kv_heads must divide num_heads")
    ways = {"mean": _mean, "first": _first, "random": None}
    if how not in ways:
        raise ValueError(f"how is one of {sorted(ways)}, {how!r} is not")
    new = {}
    for name, old in state_dict.items():
        if name[:2] not in ("k_", "v_"):
            new[name] = old.detach().clone()
            continue
        heads = old.chunk(num_heads, dim=0)
        pooled = []
        for i in range(num_kv_heads):
            members = heads[i::num_kv_heads]
            if how == "random":
                pooled.append(torch.randn_like(members[0]) * old.std())
            else:
                pooled.append(ways[how](members))
        new[name] = torch.cat(pooled, dim=0)
    return new
