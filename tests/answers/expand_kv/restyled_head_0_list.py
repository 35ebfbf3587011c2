# names: every_head_on_kv_head_0
# h // num_heads is always 0.
import torch


def expand_kv(x, num_heads):
    kv_heads = x.shape[1]
    if num_heads % kv_heads != 0:
        raise ValueError(f"no equal groups: {num_heads} / {kv_heads}")
    heads = []
    for h in range(num_heads):
        heads.append(x[:, h // num_heads])
    return torch.stack(heads, dim=1)
