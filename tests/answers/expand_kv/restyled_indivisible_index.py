# names: no_error_when_indivisible
# The last index is clamped.
import torch


def expand_kv(x, num_heads):
    kv_heads = x.size(1)
    reads = torch.arange(num_heads, device=x.device) // (num_heads // kv_heads)
    reads = reads.clamp(max=kv_heads - 1)
    return x[:, reads]
