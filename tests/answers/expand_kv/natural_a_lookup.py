# mistake: divides the head's number by the number of KV heads, not by the group size
# why: confuses the two numbers, which are the same for 4 heads on 2
import torch


def expand_kv(x, num_heads):
    """Head h is KV head h // ... of x."""
    H_kv = x.shape[1]
    if num_heads % H_kv != 0:
        raise ValueError("H_kv does not divide num_heads")
    return torch.stack([x[:, h // H_kv] for h in range(num_heads)], dim=1)
