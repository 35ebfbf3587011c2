# names: group_size_swapped
# Divided by the number of KV heads, modulo.
import torch


def expand_kv(x, num_heads):
    kv_heads = x.size(1)
    if num_heads % kv_heads:
        raise ValueError("the number of KV heads has to divide the number of heads")
    reads = torch.arange(num_heads, device=x.device) // kv_heads % kv_heads
    return x[:, reads]
