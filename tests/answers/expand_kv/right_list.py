# names:
# A list of heads.
import torch


def expand_kv(x, num_heads):
    kv_heads = x.shape[1]
    if num_heads % kv_heads != 0:
        raise ValueError(f"no equal groups: {num_heads} / {kv_heads}")
    group = num_heads // kv_heads
    heads = []
    for h in range(num_heads):
        heads.append(x[:, h // group])
    return torch.stack(heads, dim=1)
