# names: mean_of_kv_heads
# Every query head reads all KV heads in equal parts.
import torch


def expand_kv(x, num_heads):
    """A 0/1 matrix says who reads whom."""
    num_kv_heads = x.shape[1]
    if num_heads % num_kv_heads:
        raise ValueError("H_kv does not divide H")
    share = torch.ones(num_heads, num_kv_heads, dtype=x.dtype, device=x.device) / num_kv_heads
    return torch.einsum("hk,bkld->bhld", share, x)
