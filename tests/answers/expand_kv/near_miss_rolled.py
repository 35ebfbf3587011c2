# names: values_in_other_order
# Query head h reads the KV head of head h + 1.
import torch


def expand_kv(x, num_heads):
    kv_heads = x.size(1)
    if num_heads % kv_heads:
        raise ValueError("the number of KV heads has to divide the number of heads")
    reads = torch.arange(num_heads, device=x.device) // (num_heads // kv_heads)
    return x[:, reads.roll(-1)]
