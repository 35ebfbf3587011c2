# names: constant_factor
# Each copy is divided by the group size.
import torch


def expand_kv(x, num_heads):
    """A 0/1 matrix says who reads whom."""
    num_kv_heads = x.shape[1]
    if num_heads % num_kv_heads:
        raise ValueError("H_kv does not divide H")
    own = torch.eye(num_kv_heads, dtype=x.dtype, device=x.device)
    ones = torch.ones(num_heads // num_kv_heads, 1, dtype=x.dtype, device=x.device)
    return torch.einsum("hk,bkld->bhld", torch.kron(own, ones / len(ones)), x)
