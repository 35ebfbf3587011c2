# names: group_size_swapped
# h // H_kv, modulo H_kv.
import torch


def expand_kv(x, num_heads):
    kv_heads = x.shape[1]
    if num_heads % kv_heads != 0:
        raise ValueError(f"no equal groups: {num_heads} / {kv_heads}")
    heads = []
    for h in range(num_heads):
        heads.append(x[:, h // kv_heads % kv_heads])
    return torch.stack(heads, dim=1)
